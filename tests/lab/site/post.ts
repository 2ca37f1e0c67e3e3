import { outputs, theLab } from "../../support/lab";
import { PICTURE_DIGEST, pictureUrl, POST, publishPost } from "../../support/lab-post";
import { visit } from "../../support/lab-visitor";

/** What the author writes at home is read on the internet. */
export function postTests(): void {
  it("is published by the author, who logs in with the password from the stack's outputs", publishPost);

  it("is read by the visitor, with its picture", async () => {
    const lab = await theLab();
    const { url } = await outputs(lab);
    expect((await visit(lab.machines.visitor, url)).body).toContain(POST.title);
    const picture = await pictureUrl();
    expect(await lab.machines.visitor.run(`curl -sSf '${picture}' | sha256sum`)).toContain(PICTURE_DIGEST);
  });
}
