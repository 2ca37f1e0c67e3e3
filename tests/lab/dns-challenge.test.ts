import { join } from "node:path";

import execa from "execa";

import { DOMAIN, STACK } from "../../lab/domain";
import { until } from "../../lab/process";
import { outputs, Lab, theLab } from "../support/lab";
import { certificateNames, DNS_TOKEN, DNS_TOKEN_FILE, upWithDnsToken } from "../support/lab-dns-token";
import { changing } from "../support/lab-group";
import { certificateStatus, forgetOtherStorages, orders, servedCertificate } from "../support/lab-proxy";
import { visit } from "../support/lab-visitor";
import { LabZone } from "../support/lab-zone";

/** Seconds: two records, each looked for at the zone's name servers, and the order. */
const CERTIFICATE_SECONDS = 90;

/** An address where nothing of the site answers. */
const ELSEWHERE = "198.51.100.77";

changing("certificates by DNS-01", () => {
  let before = "";
  let ordered = 0;

  it("are one wildcard certificate, issued without an answer on port 80", async () => {
    const lab = await theLab();
    const { pi, visitor, acme } = lab.machines;
    const zone = new LabZone(lab);
    before = await served(lab);
    ordered = await orders(acme);
    await zone.change(DOMAIN, "A", ELSEWHERE);
    try {
      const run = await upWithDnsToken(lab);
      expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-secrets", "pi-verify", "traefik"] });
      await until("the wildcard's certificate", CERTIFICATE_SECONDS, async () =>
        /issuer=.*Pebble/.test(await served(lab)) ? true : undefined,
      );
    } finally {
      await zone.change(DOMAIN, "A", lab.addresses.vps);
    }
    expect(await certificateNames(visitor, lab.addresses.vps, `www.${DOMAIN}`)).toEqual([
      `DNS:*.${DOMAIN}`,
      `DNS:${DOMAIN}`,
    ]);
    expect((await visit(visitor, `https://www.${DOMAIN}/`)).status).toBe(200);
    await until("the server to say so", CERTIFICATE_SECONDS, async () => {
      const status = Object.values(await certificateStatus(pi, `homeport-${STACK}`));
      return status.length === 2 && status.every((line) => line.startsWith("issued by Pebble")) ? true : undefined;
    });
    expect(await orders(acme)).toBe(ordered + 1);
  });

  it("leave no record in the zone", async () => {
    expect(await new LabZone(await theLab()).contents(`_acme-challenge.${DOMAIN}`, "TXT")).toEqual([]);
  });

  it("need a token that is in a file of the proxy and nowhere else", async () => {
    const { machines, settings, stack } = await theLab();
    expect(await machines.pi.run(`stat -c '%a %u:%g' ${DNS_TOKEN_FILE}; cat ${DNS_TOKEN_FILE}`)).toBe(
      `400 65532:65532\n${DNS_TOKEN}\n`,
    );
    const inspected = await machines.pi.run(`docker ps -aq | xargs docker inspect
for container in $(docker ps -aq); do docker logs $container 2>&1; done
journalctl --no-pager --all -o cat`);
    expect(inspected).toContain("CF_DNS_API_TOKEN_FILE=");
    expect(inspected.includes(DNS_TOKEN)).toBe(false);
    const places = [join(settings.instance.directory, "backend"), stack.transcript];
    const { stdout, exitCode } = await execa("grep", ["-rlaF", DNS_TOKEN, ...places], { reject: false });
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(
      await machines.vps.run(`grep -rlaFs -D skip '${DNS_TOKEN}' /etc /home /opt /root /run /tmp /var || true`),
    ).toBe("");
  });

  it("give way to the earlier ones without a new order", async () => {
    const lab = await theLab();
    const { acme, pi } = lab.machines;
    const run = await lab.stack.up();
    expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-secrets", "pi-verify", "traefik"] });
    await until("the certificate from before", CERTIFICATE_SECONDS, async () =>
      (await served(lab)) === before ? true : undefined,
    );
    expect(await orders(acme)).toBe(ordered + 1);
    expect((await visit(lab.machines.visitor, (await outputs(lab)).url)).status).toBe(200);
    await pi.run(`test ! -e ${DNS_TOKEN_FILE}`);
    await forgetOtherStorages(pi);
  });
});

async function served({ machines, addresses }: Lab): Promise<string> {
  return servedCertificate(machines.visitor, addresses.vps, `www.${DOMAIN}`);
}
