import { theLab } from "../support/lab";
import { siteContainers, webContainer } from "../support/lab-site";

/** What the site runs in, on the Pi. */
export function containerTests(): void {
  it("run for the Pi's processor", async () => {
    const { pi } = (await theLab()).machines;
    const { Name } = await webContainer(pi);
    expect((await pi.run(`docker exec ${Name} uname -m`)).trim()).toBe("armv7l");
  });

  it("run as nobody special, on a read-only disk, without privileges and without Docker's socket", async () => {
    const { pi } = (await theLab()).machines;
    const all = await siteContainers(pi);
    expect(all.length).toBeGreaterThanOrEqual(3);
    for (const { Name, Config, HostConfig, Mounts } of all) {
      expect([Name, Config.User]).toEqual([Name, expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
      expect([Name, HostConfig]).toMatchObject([
        Name,
        { ReadonlyRootfs: true, Privileged: false, CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
      ]);
      expect(HostConfig.CapAdd ?? []).toEqual([]);
      expect(Mounts.filter(({ Source }) => Source.endsWith("docker.sock"))).toEqual([]);
    }
  });

  it("have no process of root and none with a capability", async () => {
    const { pi } = (await theLab()).machines;
    const running = (await siteContainers(pi)).filter(({ State }) => State.Running);
    for (const { Name } of running) {
      const processes = await pi.lines(
        `for pid in $(docker top ${Name} -o pid | tail -n +2); do
           awk '/^Uid:/ { uid = $2 } /^CapEff:/ { cap = $2 } /^CapBnd:/ { bound = $2 } END { print uid, cap, bound }' /proc/$pid/status
         done`,
      );
      expect(processes.length).toBeGreaterThan(0);
      for (const process of processes) {
        expect(process).toMatch(/^[1-9]\d* 0000000000000000 0000000000000000$/);
      }
    }
  });
}
