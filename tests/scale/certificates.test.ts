import { DOMAIN } from "../../lab/domain";
import { until } from "../../lab/process";
import { outputs, Lab, theLab } from "../support/lab";
import { certificateNames, DNS_TOKEN, DNS_TOKEN_FILE, upWithDnsToken } from "../support/lab-dns-token";
import { changing } from "../support/lab-group";
import { failuresIn, steadyLoad } from "../support/lab-load";
import { forgetOtherStorages, servedCertificate } from "../support/lab-proxy";

/** Where another authority answers beside the lab's own, as `staging` and `production` are two. */
const OTHER_PORT = 14100;

/** Seconds within which a certificate is there when nothing is in its way. */
const CERTIFICATE_SECONDS = 90;

/** Certificates of the lab's profile `shortlived`, which Traefik renews twenty minutes before they expire when configured for a life of an hour. */
const SHORT_LIVED = { "homeport:tls": { profile: "shortlived", lifetimeHours: 1 } };

/** Seconds after which one of them is renewed: 45 s of life, a look a minute, and the order. */
const RENEWAL_SECONDS = 150;

/** Requests a second. */
const RATE = 20;

changing("certificates", () => {
  let first = "";

  it("come from another authority after one setting, and none of the previous one is served", async () => {
    const lab = await theLab();
    const { acme, vps } = lab.machines;
    await forgetOtherStorages(vps);
    first = await served(lab);
    const directory = `https://${acme.address}:${OTHER_PORT}/dir`;
    await withOtherAuthority(lab, async () => {
      await lab.stack.deploy({ "homeport:tls": { directory } });
      const seen: string[] = [];
      await until("the other authority's certificate", CERTIFICATE_SECONDS, async () => {
        seen.push(issuer(await served(lab)));
        return /Pebble/.test(seen.at(-1) ?? "") ? true : undefined;
      });
      expect(seen).not.toContain(issuer(first));
    });
  });

  it("are renewed under load without a lost request", async () => {
    const lab = await theLab();
    const { visitor } = lab.machines;
    await lab.stack.deploy(SHORT_LIVED);
    await until("the first short-lived certificate", CERTIFICATE_SECONDS, async () =>
      /Pebble/.test(await served(lab)) ? true : undefined,
    );
    const now = await served(lab);
    const url = new URL("/robots.txt", (await outputs(lab)).url).href;
    const loading = steadyLoad(visitor, url, RATE, RENEWAL_SECONDS);
    await until("another certificate", RENEWAL_SECONDS, async () => ((await served(lab)) === now ? undefined : true));
    const load = await loading;
    expect(load.requests).toHaveLength(RATE * RENEWAL_SECONDS);
    expect(failuresIn(load)).toEqual([]);
  });

  it("are one wildcard certificate by DNS-01, with a token that is on the edge alone", async () => {
    const lab = await theLab();
    const { visitor, vps, pi, one, two } = lab.machines;
    const { hostname } = new URL((await outputs(lab)).url);
    expect(await upWithDnsToken(lab)).toMatchObject({ code: 0 });
    await until("the wildcard's certificate", CERTIFICATE_SECONDS, async () => {
      const names = await certificateNames(visitor, lab.addresses.vps, hostname);
      return names.includes(`DNS:*.${DOMAIN}`) ? true : undefined;
    });
    expect(await vps.run(`stat -c '%a %u:%g' ${DNS_TOKEN_FILE}; cat ${DNS_TOKEN_FILE}`)).toBe(
      `400 65532:65532\n${DNS_TOKEN}\n`,
    );
    for (const server of [pi, one, two])
      expect(await server.run(`grep -rlaFs -D skip '${DNS_TOKEN}' /etc /home /root /run /var || true`)).toBe("");
  });

  it("of the first authority return without a new order", async () => {
    const lab = await theLab();
    await lab.stack.deploy();
    await until("the certificate from before", CERTIFICATE_SECONDS, async () =>
      (await served(lab)) === first ? true : undefined,
    );
    await forgetOtherStorages(lab.machines.vps);
  });
});

/** Subject, issuer and serial number of what the edge shows for the site's name. */
async function served(lab: Lab): Promise<string> {
  const { hostname } = new URL((await outputs(lab)).url);
  return servedCertificate(lab.machines.visitor, lab.addresses.vps, hostname);
}

function issuer(certificate: string): string {
  return /^issuer=.*$/m.exec(certificate)?.[0] ?? certificate;
}

/** Does something while a second authority runs on the first one's machine, with roots of its own. */
async function withOtherAuthority({ machines: { acme } }: Lab, action: () => Promise<void>): Promise<void> {
  const unit = "homeport-lab-tests-authority";
  await acme.run(`sed 's/:14000"/:${OTHER_PORT}"/; s/:15000"/:15100"/' /etc/pebble/pebble.json >/run/${unit}.json
dns=$(sed -n 's/^ExecStart=.*-dnsserver //p' /etc/systemd/system/homeport-lab-pebble.service)
systemd-run --quiet --collect --unit=${unit} --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0 \\
  /opt/homeport-lab/pebble -config /run/${unit}.json -dnsserver "$dns"`);
  try {
    await action();
  } finally {
    await acme.run(`systemctl stop ${unit}; rm /run/${unit}.json`);
  }
}
