import { CHANGED, differences, Hosts, hostsNow, interruptedUpdate } from "../../chaos/chaos";
import { chaosRun, ChaosRun } from "../../chaos/plan";
import { theLab } from "../../support/lab";

/** Each strikes in the middle of an update; `npm run chaos -- --seed NUMBER --runs 1` makes a run of a seed again. */
const SEEDS: Readonly<Record<ChaosRun["signal"], number>> = { SIGKILL: 11, SIGINT: 12 };

/** An update that is cut off does no harm, and one command recovers it. */
export function cutOffTests(signal: ChaosRun["signal"]): void {
  let before: Hosts | undefined;

  it(`by ${signal} is completed by the recovery, while the site stays up`, async () => {
    const lab = await theLab();
    before = await hostsNow(lab);
    const run = chaosRun(SEEDS[signal], { deploy: "update", signal });
    expect(await interruptedUpdate(lab, run, CHANGED)).toMatchObject({ struck: true, faults: [] });
  });

  it("leaves the hosts unchanged once the settings are restored", async () => {
    const lab = await theLab();
    await lab.stack.deploy();
    if (before === undefined)
      throw new Error("what the hosts were is not known, because the test before has not begun");
    expect(differences(before, await hostsNow(lab))).toEqual([]);
  });
}
