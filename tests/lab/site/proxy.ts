import { randomUUID } from "node:crypto";

import { titleOf } from "../../../lab/stack/visit";
import { until } from "../../../lab/process";
import { outputs, theLab } from "../../support/lab";
import { proxyContainer } from "../../support/lab-proxy";
import { logInFromHome, visit, visitFromHome } from "../../support/lab-visitor";

/** The proxy, beside what tests of the pages and of the admin show. */
export function proxyTests(): void {
  it.each(["/dashboard/", "/api/overview"])("shows %s at home after a login", async (path) => {
    const { admin, adminPassword } = await outputs(await theLab());
    const url = new URL(path, admin.url).href;
    expect((await visitFromHome(url)).status).toBe(401);
    expect((await logInFromHome(url, admin.user, "wrong")).status).toBe(401);
    expect((await logInFromHome(url, admin.user, adminPassword)).status).toBe(200);
  });

  it.each(["/dashboard/", "/api/overview", "/api/rawdata"])("has no %s for the visitor", async (path) => {
    const lab = await theLab();
    const { url, admin, adminPassword } = await outputs(lab);
    const login = Buffer.from(`${admin.user}:${adminPassword}`).toString("base64");
    const page = await visit(
      lab.machines.visitor,
      new URL(path, url).href,
      "--header",
      `Authorization: Basic ${login}`,
    );
    expect(page.status).toBe(404);
    expect(page.headers["www-authenticate"]).toBeUndefined();
    const byAddress = await visit(
      lab.machines.visitor,
      `https://${lab.addresses.vps}${path}`,
      ...["--insecure", "--header", `Host: ${new URL(admin.url).hostname}`],
    );
    expect(byAddress.status).toBe(404);
  });

  it.each([
    "SCRIPT_NAME: /posts",
    "X_Forwarded_For: 10.1.2.3",
    "X.Forwarded.Proto: http",
    "Remote_User: admin",
    "Script-Name: /admin",
  ])("refuses a request with the header '%s'", async (header) => {
    const lab = await theLab();
    const page = await visit(lab.machines.visitor, (await outputs(lab)).url, "--header", header);
    expect(page.status).toBe(400);
  });

  it.each([
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Port: 8443",
    "X-Forwarded-Prefix: /admin",
    "X-Original-URL: /admin/",
    "X-Rewrite-URL: /admin/",
    "Connection: X-Forwarded-Proto, X-Forwarded-Host",
  ])("gives '%s' from outside no effect", async (header) => {
    const lab = await theLab();
    const { visitor } = lab.machines;
    const { url, dnsRecords } = await outputs(lab);
    const plain = await visit(visitor, url);
    const page = await visit(visitor, url, "--header", header);
    expect([page.status, titleOf(page.body)]).toEqual([200, titleOf(plain.body)]);
    expect(page.body).not.toMatch(/evil\.example|href="\/admin/);
    const other = dnsRecords.find(({ name }) => name !== new URL(url).hostname)?.name ?? "";
    expect((await visit(visitor, `https://${other}/x`, "--header", header)).headers["location"]).toBe(`${url}x`);
  });

  it("speaks HTTP/2 with the visitor and at home", async () => {
    const lab = await theLab();
    const { url, admin } = await outputs(lab);
    expect((await visit(lab.machines.visitor, url)).version).toBe("2");
    expect((await visitFromHome(admin.url)).version).toBe("2");
  });

  it("logs neither queries nor headers, within its limit", async () => {
    const lab = await theLab();
    const { visitor, pi } = lab.machines;
    const [path, ...secrets] = [1, 2, 3, 4].map(() => randomUUID());
    const [query = "", token = "", cookie = ""] = secrets;
    const url = new URL(`/${path ?? ""}/?token=${query}`, (await outputs(lab)).url).href;
    await visit(visitor, url, "--header", `Authorization: Bearer ${token}`, "--cookie", `sessionid=${cookie}`);
    const proxy = await proxyContainer(pi);
    const line = await until("the request in the access log", 10, async () => {
      const lines = await pi.lines(`docker logs --since 5m ${proxy} 2>&1 | grep -F ${path ?? ""} || true`);
      return lines[0];
    });
    expect(JSON.parse(line)).toMatchObject({ RequestPath: `/${path ?? ""}/`, ClientHost: lab.addresses.visitor });
    const log = await pi.run(`docker logs --since 5m ${proxy} 2>&1`);
    for (const secret of secrets) expect(log).not.toContain(secret);
    const config = JSON.parse(await pi.run(`docker inspect -f '{{json .HostConfig.LogConfig}}' ${proxy}`)) as unknown;
    expect(config).toEqual({ Type: "json-file", Config: { "max-file": "3", "max-size": "10m" } });
  });
}
