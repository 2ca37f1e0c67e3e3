import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { outputs, CHECKOUT, theLab } from "./lab";
import { AdminBrowser, NewPost } from "./lab-admin";
import { LabMachine } from "./lab-machine";
import { siteShell } from "./lab-site";
import { visit } from "./lab-visitor";

/** Just under the largest picture that the application takes (PICTURE_MAX_BYTES, 4 MiB): a download of it takes its time. Bytes. */
const PICTURE_BYTES = 4_000_000;

/** A name of its own for each run, because posts outlive a run. */
const run = randomBytes(4).toString("hex");

/** The post that these tests write, read, and find again. */
export const POST: NewPost = {
  title: `A post of the lab tests ${run}`,
  slug: `lab-tests-${run}`,
  picture: picture(),
};

// A JPEG is read up to its end mark, and what follows belongs to nobody.
function picture(): Buffer {
  const dunes = readFileSync(join(CHECKOUT, "app", "weblog", "examples", "dunes.jpg"));
  return Buffer.concat([dunes, randomBytes(PICTURE_BYTES - dunes.length)]);
}

/** Of the picture's bytes, as `sha256sum` writes it. */
export const PICTURE_DIGEST = createHash("sha256").update(POST.picture).digest("hex");

/** Takes a post and its picture out again, by a server's container. The lab is the person's own, who wants no posts of tests in it. */
export async function removePost(server: LabMachine, slug: string): Promise<void> {
  await siteShell(
    server,
    `from weblog.models import Post
for post in Post.objects.filter(slug="${slug}"):
    post.picture.delete(save=False)
    post.delete()
`,
  );
}

/** The address of the post's picture, as its page has it. */
export async function pictureUrl(): Promise<string> {
  const lab = await theLab();
  const page = await visit(lab.machines.visitor, new URL(`/posts/${POST.slug}/`, (await outputs(lab)).url).href);
  const path = /src="(\/media\/pictures\/[^"]+)"/.exec(page.body)?.[1];
  if (path === undefined) throw new Error(`the post has no picture: ${page.status}\n${page.body.slice(0, 2000)}`);
  return new URL(path, (await outputs(lab)).url).href;
}

/** Publishes the post as its author, who logs in with the password from the stack's outputs. */
export async function publishPost(): Promise<void> {
  const { admin, adminPassword } = await outputs(await theLab());
  await AdminBrowser.open(admin, async (browser) => {
    expect(await browser.logIn(adminPassword)).toBe(true);
    await browser.publish(POST);
  });
}
