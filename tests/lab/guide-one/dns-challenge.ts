import { join } from "node:path";

import execa from "execa";

import { DOMAIN, STACK } from "../../../lab/domain";
import { until } from "../../../lab/process";
import { answers, Lab, theLab } from "../../support/lab";
import { certificateStatus, forgetOtherStorages, orders, servedCertificate } from "../../support/lab-proxy";
import { StackRun } from "../../support/lab-stack";
import { visit } from "../../support/lab-visitor";
import { LabZone } from "../../support/lab-zone";

/** A token of the form that the zone's API takes, and another than the workstation's. */
const TOKEN = "proxy-token-9876543210-9876543210-987654";

const WILDCARD = { "homeport:tls": { challenge: "dns-01", wildcard: true } };

/** Seconds: two records, each looked for at the zone's name servers, and the order. */
const CERTIFICATE_SECONDS = 90;

/** An address where nothing of the site answers. */
const ELSEWHERE = "198.51.100.77";

/** A certificate for all names, proven by records of the zone. */
export function dnsChallengeTests(): void {
  let before = "";
  let ordered = 0;

  it("are one for the domain and every name below it, had without an answer on port 80", async () => {
    const lab = await theLab();
    const { pi, visitor, acme } = lab.machines;
    const zone = new LabZone(lab);
    before = await served(lab);
    ordered = await orders(acme);
    await zone.change(DOMAIN, "A", ELSEWHERE);
    try {
      const run = await lab.stack.withSettings(WILDCARD, () => upWithToken(lab));
      expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-secrets", "pi-verify", "traefik"] });
      await until("the wildcard's certificate", CERTIFICATE_SECONDS, async () =>
        /issuer=.*Pebble/.test(await served(lab)) ? true : undefined,
      );
    } finally {
      await zone.change(DOMAIN, "A", lab.addresses.vps);
    }
    const names =
      await visitor.run(`openssl s_client -connect ${lab.addresses.vps}:443 -servername www.${DOMAIN} </dev/null 2>/dev/null |
openssl x509 -noout -ext subjectAltName`);
    expect(names.match(/DNS:\S+?(?=,|\s)/g)?.sort()).toEqual([`DNS:*.${DOMAIN}`, `DNS:${DOMAIN}`]);
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

  it("cost a token that is in a file of the proxy, and nowhere else", async () => {
    const { machines, settings, stack } = await theLab();
    const file = "/etc/homeport/traefik/secrets/dns-token";
    expect(await machines.pi.run(`stat -c '%a %u:%g' ${file}; cat ${file}`)).toBe(`400 65532:65532\n${TOKEN}\n`);
    const told = await machines.pi.run(`docker ps -aq | xargs docker inspect
for container in $(docker ps -aq); do docker logs $container 2>&1; done
journalctl --no-pager --all -o cat`);
    expect(told).toContain("CF_DNS_API_TOKEN_FILE=");
    expect(told.includes(TOKEN)).toBe(false);
    const places = [join(settings.instance.directory, "backend"), stack.transcript];
    const { stdout, exitCode } = await execa("grep", ["-rlaF", TOKEN, ...places], { reject: false });
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(await machines.vps.run(`grep -rlaFs -D skip '${TOKEN}' /etc /home /opt /root /run /tmp /var || true`)).toBe(
      "",
    );
  });

  it("give way to those from before without a new order", async () => {
    const lab = await theLab();
    const { acme, pi } = lab.machines;
    const run = await lab.stack.up();
    expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-secrets", "pi-verify", "traefik"] });
    await until("the certificate from before", CERTIFICATE_SECONDS, async () =>
      (await served(lab)) === before ? true : undefined,
    );
    expect(await orders(acme)).toBe(ordered + 1);
    expect((await visit(lab.machines.visitor, (await answers(lab)).url)).status).toBe(200);
    await pi.run("test ! -e /etc/homeport/traefik/secrets/dns-token");
    await forgetOtherStorages(pi);
    expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });
}

function upWithToken({ stack }: Lab): Promise<StackRun> {
  return stack.withSecret("homeport:dnsToken", TOKEN, (options) => stack.up(...options));
}

async function served({ machines, addresses }: Lab): Promise<string> {
  return servedCertificate(machines.visitor, addresses.vps, `www.${DOMAIN}`);
}
