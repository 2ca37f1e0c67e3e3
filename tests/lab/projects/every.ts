import { randomUUID } from "node:crypto";

import { until } from "../../../lab/process";
import { command } from "../../support/lab-command";
import { loggedRequests } from "../../support/lab-log";
import { LabProject } from "../../support/lab-project";

/** What is expected of a project beside what holds for each. */
export interface Expected {
  /** The answer to the first page, and what stands in it. */
  readonly first: { readonly status: number; readonly body: RegExp };
  /** Paths of admins, the one to log in at first. */
  readonly admins: readonly string[];
  /** How browsers keep a style sheet, and what its name looks like. */
  readonly styles: { readonly name: RegExp; readonly cached: string };
}

/** A name made of the content, which may be kept for ever. */
export const HASHED: Expected["styles"] = {
  name: /"(\/static\/[^"?]+\.[0-9a-f]{12}\.css)/,
  cached: "max-age=315360000, public, immutable",
};

/** WhiteNoise with what the author collected is left as it is. */
export const PLAIN: Expected["styles"] = { name: /"(\/static\/[^"?]+\.css)/, cached: "max-age=60, public" };

/** Words of Django's pages for developers. */
const DEBUG_PAGE = /DEBUG = True|Traceback|URLconf|install worked successfully/;

/** Seconds a line may take into the log. */
const SOON = 20;

/** What every project shows that is deployed. */
export function everyTests(project: () => LabProject, { first, admins, styles }: Expected): void {
  it("serves its first page, and no page for developers", async () => {
    const page = await project().visit("/");
    expect([page.status, page.body]).toEqual([first.status, expect.stringMatching(first.body)]);
    const missing = await project().visit(`/${randomUUID()}/`);
    expect(missing.status).toBe(404);
    expect(page.body + missing.body).not.toMatch(DEBUG_PAGE);
  });

  it("closes every admin on the internet, and opens it at home", async () => {
    for (const admin of admins) {
      for (const path of [admin, `${admin}login/`])
        expect([path, (await project().visit(path)).status]).toEqual([path, 404]);
      const login = await project().atHome((browser) => browser.get(`${admin}login/`));
      expect([admin, login.status, login.body]).toEqual([admin, 200, expect.stringContaining('name="password"')]);
    }
  });

  it("serves static files, which browsers keep", async () => {
    const { body } = await project().atHome((browser) => browser.get(`${admins[0] ?? ""}login/`));
    const [, path = ""] = styles.name.exec(body) ?? [];
    const sheet = await project().visit(path);
    expect([path, sheet.status, sheet.headers["cache-control"]]).toEqual([path, 200, styles.cached]);
    expect(sheet.headers["content-type"]).toMatch(/^text\/css/);
  });

  it("takes a form from its own pages, and from nowhere else", async () => {
    await project().atHome(async (browser) => {
      const { admin, adminPassword } = await project().outputs();
      const login = `${admins[0] ?? ""}login/`;
      const fields = { username: admin.user, password: adminPassword, next: admins[0] ?? "" };
      expect((await browser.submit(login, fields, "https://elsewhere.example")).status).toBe(403);
      const { status, body } = await browser.submit(login, fields);
      expect([status, status === 302 ? "" : body]).toEqual([302, ""]);
    });
  });

  it("knows its visitor's address", async () => {
    const path = `/who-asks-${randomUUID()}/`;
    await project().visit(path, "--header", "X-Forwarded-For: 10.1.2.3");
    const { machines, addresses } = project().lab;
    const container = await project().container();
    const clients = await until(`a line about ${path} in the log`, SOON, async () => {
      const logged = await loggedRequests(machines.pi, container, path);
      const own = logged.filter(({ logger }) => logger === "homeport_django.request");
      return own.length > 0 ? own.map(({ client }) => client) : undefined;
    });
    expect(clients).toEqual([addresses.visitor]);
  });

  it("passes Django's deployment checklist", async () => {
    const words = ["check", "--deploy", "--fail-level", "WARNING"];
    const { code, stdout, stderr } = await command(project().lab, "manage", words);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("System check identified no issues")]);
  });
}
