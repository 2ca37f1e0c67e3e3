import { answers, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { PICTURE_DIGEST, POST } from "../support/lab-post";
import { visit } from "../support/lab-visitor";

/** What the author writes at home is read on the internet. */
export function postTests(): void {
  it("is published by the author, who logs in with the password that the stack answers", async () => {
    const { admin, adminPassword } = await answers(await theLab());
    await AdminBrowser.open(admin, async (browser) => {
      expect(await browser.logIn(adminPassword)).toBe(true);
      await browser.publish(POST);
    });
  });

  it("is read by the visitor, with its picture", async () => {
    const lab = await theLab();
    const { url } = await answers(lab);
    expect((await visit(lab.machines.visitor, url)).body).toContain(POST.title);
    const picture = await pictureUrl();
    expect(await lab.machines.visitor.run(`curl -sSf '${picture}' | sha256sum`)).toContain(PICTURE_DIGEST);
  });
}

/** The address of the post's picture, as its page has it. */
export async function pictureUrl(): Promise<string> {
  const lab = await theLab();
  const page = await visit(lab.machines.visitor, new URL(`/posts/${POST.slug}/`, (await answers(lab)).url).href);
  const path = /src="(\/media\/pictures\/[^"]+)"/.exec(page.body)?.[1];
  if (path === undefined) throw new Error(`the post has no picture: ${page.status}\n${page.body.slice(0, 2000)}`);
  return new URL(path, (await answers(lab)).url).href;
}
