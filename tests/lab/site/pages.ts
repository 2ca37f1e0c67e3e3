import { readFile } from "node:fs/promises";

import { siteCaFile } from "../../../lab/stack/authorities";
import { titleOf } from "../../../lab/stack/visit";
import { outputs, theLab } from "../../support/lab";
import { visit, visitFromHome } from "../../support/lab-visitor";

/** The site as anybody on the internet finds it. */
export function pageTests(): void {
  it("is read over HTTPS under its first name", async () => {
    const lab = await theLab();
    const page = await visit(lab.machines.visitor, (await outputs(lab)).url);
    expect(page.status).toBe(200);
    expect(titleOf(page.body)).toMatch(/\S/);
    expect(page.body).toContain("/posts/");
  });

  it("redirects each other name to the same page under the first", async () => {
    const lab = await theLab();
    const { url, dnsRecords } = await outputs(lab);
    const others = namesIn(dnsRecords).filter((name) => name !== new URL(url).hostname);
    expect(others.length).toBeGreaterThan(0);
    for (const name of others) {
      const page = await visit(lab.machines.visitor, `https://${name}/posts/?page=2&q=a%20b`);
      expect(page.status).toBe(301);
      expect(page.headers["location"]).toBe(new URL("/posts/?page=2&q=a%20b", url).href);
    }
  });

  it("shows a certificate with a chain to the lab's authority, for its own names", async () => {
    const lab = await theLab();
    const { hostname } = new URL((await outputs(lab)).url);
    const authority = await readFile(siteCaFile(lab.settings.instance), "utf8");
    const said = await lab.machines.visitor.run(
      handshake(lab.addresses.vps, hostname, authority, `-verify_return_error -verify_hostname ${hostname}`),
    );
    expect(said).toContain("Verify return code: 0 (ok)");
    expect(said).toMatch(/issuer=.*Pebble/);
  });

  it("redirects HTTP to the same page by HTTPS", async () => {
    const lab = await theLab();
    const { hostname } = new URL((await outputs(lab)).url);
    const page = await visit(lab.machines.visitor, `http://${hostname}/posts/?page=2`);
    expect([301, 308]).toContain(page.status);
    expect(page.headers["location"]).toBe(`https://${hostname}/posts/?page=2`);
  });

  it("redirects nobody by HTTP who asks for another name, and has browsers insist on HTTPS where it redirects", async () => {
    const { machines, addresses } = await theLab();
    const stranger = await visit(machines.visitor, `http://${addresses.vps}/posts/`, "--header", "Host: evil.example");
    expect([stranger.status, stranger.headers["location"]]).toEqual([404, undefined]);
    const lab = await theLab();
    const { url, dnsRecords } = await outputs(lab);
    const [other = ""] = namesIn(dnsRecords).filter((name) => name !== new URL(url).hostname);
    const page = await visit(machines.visitor, `https://${other}/`);
    expect(page.headers["strict-transport-security"]).toMatch(/^max-age=\d+/);
  });

  it("keeps the list of its static files to itself", async () => {
    const lab = await theLab();
    const { url } = await outputs(lab);
    for (const path of ["/static/staticfiles.json", "/static/staticfiles%2Ejson"])
      expect((await visit(lab.machines.visitor, new URL(path, url).href)).status).toBe(404);
  });

  it.each(["/.homeport/health", "/.homeport/report"])("has no %s, which the proxy alone may ask for", async (path) => {
    const lab = await theLab();
    const { visitor } = lab.machines;
    const url = new URL(path, (await outputs(lab)).url).href;
    for (const header of [
      "X-Forwarded-For: 127.0.0.1",
      "X-Forwarded-Host: localhost",
      "Connection: X-Forwarded-For, X-Forwarded-Host",
    ])
      expect([header, (await visit(visitor, url, "--header", header)).status]).toEqual([header, 404]);
  });

  it.each(["unknown.example", ""])("answers 404 with the default certificate to the host name '%s'", async (name) => {
    const { machines, addresses } = await theLab();
    const shown = name === "" ? addresses.vps : name;
    const resolve = ["--insecure", "--resolve", `${shown}:443:${addresses.vps}`];
    expect((await visit(machines.visitor, `https://${shown}/`, ...resolve)).status).toBe(404);
    const certificate = await machines.visitor.run(
      `openssl s_client -connect ${addresses.vps}:443 ${name === "" ? "-noservername" : `-servername ${name}`} </dev/null 2>/dev/null |
       openssl x509 -noout -subject`,
    );
    expect(certificate.trim()).toBe("subject=CN = unknown host");
  });
}

/** The admin is at home. */
export function adminTests(): void {
  it.each(["/admin", "/admin/", "/admin/login/", "/%61dmin/", "//admin/", "/posts/../admin/", "/admin%2flogin/"])(
    "does not exist for the visitor at %s",
    async (path) => {
      const lab = await theLab();
      const origin = new URL((await outputs(lab)).url).origin;
      const page = await visit(lab.machines.visitor, `${origin}${path}`, "--path-as-is");
      expect([400, 404]).toContain(page.status);
    },
  );

  it("does not exist for a visitor who asks for it by its address at home", async () => {
    const lab = await theLab();
    const { admin } = await outputs(lab);
    const { host, hostname, pathname } = new URL(admin.url);
    for (const name of [host, hostname]) {
      const page = await visit(
        lab.machines.visitor,
        `https://${lab.addresses.vps}${pathname}`,
        ...["--insecure", "--header", `Host: ${name}`],
      );
      expect(page.status).toBe(404);
    }
  });

  it("is a login page on its own port at home", async () => {
    const { admin } = await outputs(await theLab());
    const page = await visitFromHome(new URL("login/", admin.url).href);
    expect(page.status).toBe(200);
    expect(page.body).toContain('name="password"');
  });

  it("does not answer on its port through the VPS", async () => {
    const { machines, addresses } = await theLab();
    const { code } = await machines.visitor.attempt(`nc -z -w 3 ${addresses.vps} 8443`);
    expect(code).not.toBe(0);
  });
}

// Other records, such as CAA, have names as well.
function namesIn(records: readonly { readonly type: string; readonly name: string }[]): string[] {
  return [...new Set(records.filter(({ type }) => type === "A").map(({ name }) => name))];
}

/** A script: the TLS handshake for a name, believing one authority only. */
function handshake(address: string, name: string, authority: string, options: string): string {
  return `authority=$(mktemp)
trap 'rm "$authority"' EXIT
cat >"$authority" <<'PEM'
${authority.trim()}
PEM
openssl s_client -connect ${address}:443 -servername ${name} -CAfile "$authority" -no-CApath -no-CAstore ${options} </dev/null 2>&1`;
}
