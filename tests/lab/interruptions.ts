import { CHANGED, differences, Hosts, hostsNow, interruptedUpdate } from "../chaos/chaos";
import { chaosRun } from "../chaos/plan";
import { theLab } from "../support/lab";

/** Each strikes in the middle of an update; `npm run chaos -- --seed NUMBER --runs 1` makes a run of a seed again. */
const SEEDS = { SIGKILL: 11, SIGINT: 12 } as const;

/** An update that is cut off does no harm, and one line mends it. */
export function interruptionTests(): void {
  let before: Hosts | undefined;

  it("by SIGKILL is completed by the recovery, and the site is there all the time", async () => {
    const lab = await theLab();
    before = await hostsNow(lab);
    const run = chaosRun(SEEDS.SIGKILL, { deploy: "update", signal: "SIGKILL" });
    expect(await interruptedUpdate(lab, run, CHANGED)).toMatchObject({ struck: true, faults: [] });
  });

  it("by SIGINT on the way back, too, and the hosts are what they were", async () => {
    const lab = await theLab();
    const run = chaosRun(SEEDS.SIGINT, { deploy: "update", signal: "SIGINT" });
    const { struck, faults, hosts } = await interruptedUpdate(lab, run, {});
    expect({ struck, faults }).toEqual({ struck: true, faults: [] });
    if (before === undefined)
      throw new Error("what the hosts were is not known, because the test before has not begun");
    expect(differences(before, hosts)).toEqual([]);
  });
}
