import { until } from "../../../lab/process";
import { SERVICE_DOMAINS } from "../../../lab/services/service";
import { outputs, Lab, theLab } from "../../support/lab";
import { AdminBrowser } from "../../support/lab-admin";
import { throughAdmin } from "../../support/lab-admin-forward";
import { loggedRequests } from "../../support/lab-log";
import { PICTURE_DIGEST, POST, removePost } from "../../support/lab-post";
import { webContainer } from "../../support/lab-site";
import { visit } from "../../support/lab-visitor";

/** Requests of one session; each server gets some of them. */
const REQUESTS = 9;

/** What an author does and a visitor sees, whichever server answers: sessions in the database, files in the object storage. */
export function siteTests(): void {
  afterAll(async () => {
    await removePost((await theLab()).machines.one, POST.slug);
  });

  it("the author logs in once for all servers, and publishes a post with a picture", async () => {
    const lab = await theLab();
    const { admin, adminPassword } = await outputs(lab);
    await throughAdmin(lab, ({ url }) =>
      AdminBrowser.open({ url, user: admin.user }, async (browser) => {
        expect(await browser.logIn(adminPassword)).toBe(true);
        for (let asked = 0; asked < REQUESTS; asked += 1) expect(await browser.isLoggedIn()).toBe(true);
        await browser.publish(POST);
      }),
    );
    const { pi, one, two } = lab.machines;
    for (const server of [pi, one, two]) {
      const { Name } = await webContainer(server);
      const seen = await until(`${server.name} to have answered the author`, 10, async () => {
        const lines = await loggedRequests(server, Name.slice(1), "/admin/");
        return lines.length > 0 ? lines : undefined;
      });
      expect(new Set(seen.map(({ client }) => client))).not.toContain(lab.addresses.visitor);
    }
  });

  it("the visitor gets the picture from the object storage, only with its signature", async () => {
    const lab = await theLab();
    const { visitor } = lab.machines;
    const picture = await inPage(lab, `/posts/${POST.slug}/`, /src="(https:[^"]+\/pictures\/[^"]+)"/);
    expect(new URL(picture).hostname).toBe(SERVICE_DOMAINS.s3);
    expect(await visitor.run(`curl -sSf '${picture}' | sha256sum`)).toContain(PICTURE_DIGEST);
    expect((await visit(visitor, picture.replace(/\?.*/, ""))).status).toBe(403);
  });

  it("static files are served under the names that every server's pages use", async () => {
    const lab = await theLab();
    const stylesheet = await inPage(lab, "/", /href="([^"]*\/static\/weblog\/base\.[0-9a-f]{12}\.css)"/);
    const file = await visit(lab.machines.visitor, new URL(stylesheet, (await outputs(lab)).url).href);
    expect(file).toMatchObject({ status: 200 });
    expect(file.headers["content-type"]).toMatch(/^text\/css/);
  });
}

/** An address in a page, as the browser reads it. */
async function inPage(lab: Lab, path: string, pattern: RegExp): Promise<string> {
  const page = await visit(lab.machines.visitor, new URL(path, (await outputs(lab)).url).href);
  const found = pattern.exec(page.body)?.[1];
  if (found === undefined)
    throw new Error(`${path} names no ${pattern.source}: ${page.status}\n${page.body.slice(0, 2000)}`);
  return found.replaceAll("&amp;", "&");
}
