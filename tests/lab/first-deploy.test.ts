import { differences, Hosts, hostsNow, interruptedFirstDeploy } from "../chaos/chaos";
import { chaosRun } from "../chaos/plan";
import { sufferAtFirst } from "../support/bad-luck";
import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { whileListening } from "../support/lab-replaced-file";
import { FOREIGN_FIREWALLS } from "./bad-luck/firewalls";

/** Strikes in the middle of a first deploy; `npm run chaos -- --seed NUMBER --runs 1` makes a run of a seed again. */
const SEED = 20;

/** A port on which a stranger's program answers at home. */
const OF_A_PROGRAM = 5300;

changing("a first deploy", () => {
  let before: Hosts;

  beforeAll(async () => {
    const lab = await theLab();
    before = await hostsNow(lab);
    expect(await lab.stack.destroy()).toMatchObject({ code: 0 });
  });

  it.each(FOREIGN_FIREWALLS)("reports a foreign firewall: $name", sufferAtFirst);

  it("names a program that its firewall will cut off, with the line that keeps it", async () => {
    const { machines, stack } = await theLab();
    const run = await whileListening(machines.pi, OF_A_PROGRAM, () => stack.preview());
    expect(run).toMatchObject({ code: 0 });
    expect(run.output).toContain(
      `perl (${OF_A_PROGRAM}/udp); to keep them, set for the server pi: 'open: [${OF_A_PROGRAM}/udp]'`,
    );
  });

  it("that SIGKILL cuts off is completed by the recovery", async () => {
    const lab = await theLab();
    const run = chaosRun(SEED, { deploy: "first", signal: "SIGKILL" });
    const { struck, faults, hosts } = await interruptedFirstDeploy(lab, run, {});
    expect({ struck, faults }).toEqual({ struck: true, faults: [] });
    expect(differences(before, hosts)).toEqual([]);
  });
});
