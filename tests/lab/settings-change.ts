import { theLab } from "../support/lab";
import { PICTURE_DIGEST } from "../support/lab-post";
import { siteContainers } from "../support/lab-site";
import { pictureUrl } from "./post";

/** Bytes a second: the picture then takes longer than an `up`. */
const SLOWLY = 120_000;

const KEEPALIVE_SECONDS = 17;

/** A changed setting changes what depends on it. */
export function settingsChangeTests(): void {
  it("of the tunnel is taken up by its host alone, and a download goes on through it", async () => {
    const { stack, machines } = await theLab();
    const { visitor, pi } = machines;
    const containers = await siteContainers(pi);
    let downloading = true;
    const download = visitor.run(`curl -sSf --limit-rate ${SLOWLY} '${await pictureUrl()}' | sha256sum`).finally(() => {
      downloading = false;
    });
    try {
      const run = await stack.withSettings({ "homeport:tunnel": { keepaliveSeconds: KEEPALIVE_SECONDS } }, () =>
        stack.up(),
      );
      expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-verify"] });
      expect(await pi.run("wg show all persistent-keepalive")).toMatch(new RegExp(`\\s${KEEPALIVE_SECONDS}\\n$`));
      expect(downloading).toBe(true);
      expect((await stack.up()).changed).toEqual(["pi-files", "pi-verify"]);
    } finally {
      expect(await download).toContain(PICTURE_DIGEST);
    }
    expect((await siteContainers(pi)).map(({ Id, State }) => [Id, State.StartedAt])).toEqual(
      containers.map(({ Id, State }) => [Id, State.StartedAt]),
    );
  });
}
