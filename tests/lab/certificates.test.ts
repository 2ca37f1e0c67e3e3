import { STACK } from "../../lab/domain";
import { until } from "../../lab/process";
import { outputs, Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { certificateStatus, forgetOtherStorages, orders, servedCertificate, STORAGE } from "../support/lab-proxy";
import { whileVisited } from "../support/lab-site";
import { visit } from "../support/lab-visitor";
import { LabZone } from "../support/lab-zone";

const APP = `homeport-${STACK}`;

/** Certificates of the lab's profile `shortlived`, which Traefik renews twenty minutes before they expire when configured for a life of an hour. */
const SHORT_LIVED = { "homeport:tls": { profile: "shortlived", lifetimeHours: 1 } };

/** Seconds within which a certificate is there when nothing is in its way any more. */
const CERTIFICATE_SECONDS = 60;

/** Seconds after which one of the lab's short-lived certificates is renewed: 45 s of life, a look a minute, and the order. */
const RENEWAL_SECONDS = 150;

/** An address where nothing of the site answers. */
const ELSEWHERE = "198.51.100.77";

changing("certificates", () => {
  let first = "";

  it("have keys of 256 bits on a curve, in a file that the proxy alone reads", async () => {
    const lab = await theLab();
    for (const name of await names(lab)) {
      const certificate = await served(lab, name);
      expect(certificate).toContain("NIST CURVE: P-256");
      expect(certificate).toMatch(/issuer=.*Pebble/);
    }
    first = await served(lab, await mainName(lab));
    expect(new Set(await lab.machines.pi.lines(`stat -c '%a %u:%g' ${STORAGE} ${STORAGE}/*`))).toEqual(
      new Set(["700 65532:65532", "600 65532:65532"]),
    );
  });

  it("are reported on the server, and not ordered again", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const status = await certificateStatus(pi, APP);
    expect(Object.keys(status)).toEqual(await names(lab));
    for (const line of Object.values(status))
      expect(line).toMatch(/^issued by Pebble .* until 20\d\d-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(await pi.run("ls /etc/homeport/traefik/dynamic")).not.toContain("certificate-");
  });

  it("are issued as soon as the authority answers; until then the default one is served", async () => {
    const lab = await theLab();
    const { acme, pi, visitor } = lab.machines;
    const { url } = await outputs(lab);
    const [main = "", other = ""] = await names(lab);
    await forgetOtherStorages(pi);
    const before = await orders(acme);
    await acme.hanging(async () => {
      const run = await lab.stack.withSettings(SHORT_LIVED, () => lab.stack.up());
      expect(run.code).toBe(0);
      await new LabZone(lab).change(other, "A", ELSEWHERE);
      await until("the server to say what it waits for", 60, async () => {
        const status = await certificateStatus(pi, APP);
        expect(status[main]).toMatch(/^waiting: the CA does not answer: https:/);
        expect(status[other]).toBe(
          `waiting: ${other} points to ${ELSEWHERE}, not to ${lab.addresses.vps}: correct its A record`,
        );
        return true;
      });
      expect(await served(lab, main)).toContain("subject=CN = unknown host");
      expect((await visit(visitor, url, "--insecure")).status).toBe(200);
    });
    await until("the certificate of the name that points here", CERTIFICATE_SECONDS, () => issued(lab, main));
    expect((await visit(visitor, url)).status).toBe(200);
    expect((await certificateStatus(pi, APP))[other]).toMatch(/^waiting: .* points to/);
    expect(await orders(acme)).toBe(before + 1);
  });

  it("are issued once a wrong record is corrected", async () => {
    const lab = await theLab();
    const [, other = ""] = await names(lab);
    const before = await orders(lab.machines.acme);
    await new LabZone(lab).change(other, "A", lab.addresses.vps);
    await until(`the certificate of ${other}`, CERTIFICATE_SECONDS, () => issued(lab, other));
    expect(await orders(lab.machines.acme)).toBeGreaterThan(before);
  });

  it("are renewed in time, unnoticed by visitors", async () => {
    const lab = await theLab();
    const main = await mainName(lab);
    const now = await served(lab, main);
    const { result, asked, failures } = await whileVisited(lab, () =>
      until("another certificate", RENEWAL_SECONDS, async () => {
        const served_ = await served(lab, main);
        return served_ === now ? undefined : served_;
      }),
    );
    expect(result).toMatch(/issuer=.*Pebble/);
    expect(asked).toBeGreaterThan(10);
    expect(failures).toEqual([]);
  });

  it("follow the chosen profile, and going back needs no new order", async () => {
    const lab = await theLab();
    const { acme, pi } = lab.machines;
    expect((await lab.stack.up()).code).toBe(0);
    const before = await orders(acme);
    const main = await mainName(lab);
    await until("the certificate from before", CERTIFICATE_SECONDS, async () =>
      (await served(lab, main)) === first ? true : undefined,
    );
    expect(await orders(acme)).toBe(before);
    expect((await pi.lines(`ls ${STORAGE}`)).length).toBe(2);
    await forgetOtherStorages(pi);
  });
});

async function mainName(lab: Lab): Promise<string> {
  return new URL((await outputs(lab)).url).hostname;
}

/** The site's names, the first one first. */
async function names(lab: Lab): Promise<string[]> {
  const main = await mainName(lab);
  const { dnsRecords } = await outputs(lab);
  return [main, ...dnsRecords.filter(({ type, name }) => type === "A" && name !== main).map(({ name }) => name)];
}

async function served({ machines, addresses }: Lab, name: string): Promise<string> {
  return servedCertificate(machines.visitor, addresses.vps, name);
}

async function issued(lab: Lab, name: string): Promise<true | undefined> {
  const status = await certificateStatus(lab.machines.pi, APP);
  return status[name]?.startsWith("issued by Pebble") === true ? true : undefined;
}
