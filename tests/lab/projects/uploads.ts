import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CHECKOUT } from "../../support/lab";
import { Fields } from "../../support/lab-browser-at-home";
import { LabProject } from "../../support/lab-project";

const PICTURE = join(CHECKOUT, "app", "weblog", "examples", "dunes.jpg");

/** Where an author uploads a picture, and finds it. */
export interface Upload {
  /** The page with the form, and what the form takes besides the picture. */
  readonly form: string;
  readonly fields: Fields;
  readonly pictureField: string;
  /** A page with the picture, read by the author. */
  readonly shown: string;
  /** Whether its address leads to the very bytes, or to a smaller one. */
  readonly original: boolean;
  readonly login: string;
}

/** A picture that its author uploads, and that outlives a deploy. */
export function uploadTests(project: () => LabProject, upload: Upload, change: { file: string; line: string }): void {
  let path = "";
  let digest = "";

  it("keeps what its author uploads", async () => {
    await project().atHome(async (browser) => {
      const { admin, adminPassword } = await project().outputs();
      await browser.submit(upload.login, { username: admin.user, password: adminPassword });
      const picture = { file: PICTURE, type: "image/jpeg" };
      const { status, body } = await browser.submit(upload.form, { ...upload.fields, [upload.pictureField]: picture });
      expect([status, status === 302 ? "" : body]).toEqual([302, ""]);
      path = /src="(\/media\/[^"]+)"/.exec((await browser.get(upload.shown)).body)?.[1] ?? "";
    });
    expect(path).toMatch(/^\/media\//);
    digest = await project().digest(path);
    if (upload.original) expect(digest).toBe(createHash("sha256").update(readFileSync(PICTURE)).digest("hex"));
    const { headers } = await project().visit(path);
    expect(headers).toMatchObject({ "content-type": "image/jpeg", "x-content-type-options": "nosniff" });
  });

  it("has it still after the deploy of a changed line", async () => {
    const before = await project().container();
    const { seconds } = await project().deployChange(change.file, change.line);
    process.stderr.write(`          the changed line took ${seconds.toFixed(0)} s\n`);
    expect(await project().container()).not.toBe(before);
    expect(await project().digest(path)).toBe(digest);
  });
}
