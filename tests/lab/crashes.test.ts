import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";

/** Until visitors have the site again, seconds. */
const BACK_SECONDS = 30;

/** Ends the main process of each container that `docker ps` selects. */
const ended = (filter: string): string =>
  `docker inspect -f '{{.State.Pid}}' $(docker ps -q --filter ${filter}) | xargs kill -9`;

const CRASHES = [
  ["the tunnel's program on the VPS", "vps", "kill -9 $(pgrep -x wireguard-go)"],
  ["the tunnel's program on the Pi", "pi", "kill -9 $(pgrep -x wireguard-go)"],
  ["the tunnel's program and its watch", "pi", "kill -9 $(pgrep -x wireguard-go) $(pgrep -f tunnel-watch)"],
  ["the application", "pi", ended("label=homeport.role=web")],
  ["the proxy", "pi", ended("label=homeport.config")],
  ["Docker", "pi", "kill -9 $(cat /run/docker.pid)"],
] as const;

changing("a crash", () => {
  it.each(CRASHES)("of %s: the site is back by itself", async (_, host, crash) => {
    const lab = await theLab();
    await lab.machines[host].run(crash);
    expect(await siteIsBack(lab)).toBeLessThan(BACK_SECONDS);
  });

  it("leaves nothing for up to do", async () => {
    const { stack } = await theLab();
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });
});
