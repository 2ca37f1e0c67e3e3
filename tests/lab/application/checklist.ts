import { outputs, theLab } from "../../support/lab";
import { manage, siteShell } from "../../support/lab-site";
import { visit, visitFromHome } from "../../support/lab-visitor";

/** Django's deployment checklist, on the container that serves. */
export function checklistTests(): void {
  it("finds nothing: manage.py check --deploy has no warning", async () => {
    const { pi } = (await theLab()).machines;
    // Silenced: HSTS for subdomains and preload, which are the owner's choice, and the redirect to HTTPS, which the proxy makes.
    expect(await manage(pi, "check --deploy --fail-level WARNING")).toMatch(
      /System check identified no issues \([23] silenced\)\./,
    );
  });

  it("has DEBUG off, and a long key from a file", async () => {
    const { pi } = (await theLab()).machines;
    const said = await siteShell(
      pi,
      `from pathlib import Path
from django.conf import settings
key = Path("/run/secrets/django_secret_key").read_text().strip()
print(settings.DEBUG, settings.SECRET_KEY == key, len(key) >= 50)`,
    );
    expect(said.trim().split("\n").at(-1)).toBe("False True True");
  });

  it("sends HSTS for the site's own names and an hour", async () => {
    const lab = await theLab();
    for (const path of ["/", "/feed.xml", "/no-such-page/"]) {
      const page = await visit(lab.machines.visitor, new URL(path, (await outputs(lab)).url).href);
      expect([path, page.headers["strict-transport-security"]]).toEqual([path, "max-age=3600"]);
    }
  });

  it("reveals no internals on a missing page", async () => {
    const lab = await theLab();
    const page = await visit(lab.machines.visitor, new URL("/no-such-page/", (await outputs(lab)).url).href);
    expect(page.status).toBe(404);
    expect(page.body).not.toMatch(/URLconf|DEBUG|Traceback/);
  });

  it("marks cookies Secure and HttpOnly", async () => {
    const { admin } = await outputs(await theLab());
    const { headers } = await visitFromHome(new URL("login/", admin.url).href);
    expect(headers["set-cookie"]).toMatch(/^csrftoken=/);
    for (const word of [/; Secure/, /; HttpOnly/, /; SameSite=Lax/]) expect(headers["set-cookie"]).toMatch(word);
  });

  it("answers the proxy's question for its health by any name and over plain HTTP, and everything else by its own names only", async () => {
    const lab = await theLab();
    const { hostname } = new URL((await outputs(lab)).url);
    const said = await siteShell(
      lab.machines.pi,
      `from http.client import HTTPConnection
for host, path in (("by-any-name", "/.homeport/health"), ("by-any-name", "/"), ("${hostname}", "/")):
    connection = HTTPConnection("127.0.0.1", 8000, timeout=20)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    print(path, answer.status)`,
    );
    expect(said.trim().split("\n").slice(-3)).toEqual(["/.homeport/health 200", "/ 400", "/ 200"]);
  });
}
