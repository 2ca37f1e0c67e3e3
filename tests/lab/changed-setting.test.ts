import { theLab } from "../support/lab";
import { downloadingDuring } from "../support/lab-download";
import { changing } from "../support/lab-group";
import { LabMachine } from "../support/lab-machine";
import { PICTURE_DIGEST, pictureUrl, POST, publishPost, removePost } from "../support/lab-post";
import { siteContainers } from "../support/lab-site";

const KEEPALIVE_SECONDS = 17;

changing("a changed setting", () => {
  beforeAll(publishPost);
  afterAll(async () => {
    await removePost((await theLab()).machines.pi, POST.slug);
  });

  it("of the tunnel touches only its host, and a download through it continues", async () => {
    const { stack, machines } = await theLab();
    const { visitor, pi } = machines;
    const own = ["pi-files", "pi-verify"];
    const containers = await started(pi);
    const { left, digest } = await downloadingDuring(visitor, await pictureUrl(), async () => {
      const run = await stack.withSettings({ "homeport:tunnel": { keepaliveSeconds: KEEPALIVE_SECONDS } }, () =>
        stack.up(),
      );
      expect(run).toMatchObject({ code: 0, changed: own });
      expect(await pi.run("wg show all persistent-keepalive")).toMatch(new RegExp(`\\s${KEEPALIVE_SECONDS}\\n$`));
      expect((await stack.up()).changed).toEqual(own);
    });
    expect(left).toBeGreaterThan(0);
    expect(digest).toBe(PICTURE_DIGEST);
    expect(await started(pi)).toEqual(containers);
  });
});

async function started(pi: LabMachine): Promise<string[]> {
  return (await siteContainers(pi)).map(({ Id, State }) => `${Id} ${State.StartedAt}`);
}
