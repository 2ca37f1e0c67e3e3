import { Command, InvalidArgumentError } from "commander";

import { messageOf } from "../../lib/errors";
import { Lab, provideLab, theLab } from "../support/lab";
import { SettingValues } from "../support/lab-stack";
import { CHANGED, differences, Hosts, hostsNow, interruptedFirstDeploy, interruptedUpdate, Outcome } from "./chaos";
import { ChaosRun, chaosRun, describeRun } from "./plan";

/** Runs by default: about an hour. */
const RUNS = 30;

/** The two kinds of hosts between which updates go, with what they are without an interruption. */
interface Way {
  readonly settings: SettingValues;
  readonly hosts: Hosts;
}

/** `npm run chaos`: deploys of the lab that are cut off at places that a seed chooses, and what became of each. */
async function chaos(options: { seed: number; runs: number }): Promise<boolean> {
  await provideLab();
  const lab = await theLab();
  say("what the hosts are without an interruption");
  const changed = { settings: CHANGED, hosts: await undisturbed(lab, CHANGED) };
  const original = { settings: {}, hosts: await undisturbed(lab, {}) };

  let bad = 0;
  let [from, to]: [Way, Way] = [original, changed];
  for (let number = 0; number < options.runs; number += 1) {
    const run = chaosRun(options.seed + number);
    const faults = await oneRun(lab, run, to);
    if (faults.length > 0) {
      bad += 1;
      // The next run begins with hosts that are as they should be.
      await undisturbed(lab, to.settings);
    }
    [from, to] = [to, from];
  }
  if (from !== original) await undisturbed(lab, original.settings);
  say(`${options.runs} deploys were cut off, ${options.runs - bad} recovered, ${bad} did not`);
  return bad === 0;
}

async function oneRun(lab: Lab, run: ChaosRun, to: Way): Promise<readonly string[]> {
  const outcome = await struck(lab, run, to.settings);
  const faults = [...outcome.faults, ...differences(to.hosts, outcome.hosts)];
  const cut = outcome.struck ? "cut off" : "ended before the signal";
  const result = faults.length === 0 ? "recovered" : "FAULTS";
  say(`${describeRun(run)}: ${cut}, ${result}, recovery ${outcome.seconds.toFixed(0)} s`);
  for (const fault of faults) say(`  ${fault}`);
  return faults;
}

async function struck(lab: Lab, run: ChaosRun, settings: SettingValues): Promise<Outcome> {
  if (run.deploy === "update") return interruptedUpdate(lab, run, settings);
  const { code, output } = await lab.stack.destroy();
  if (code !== 0) throw new Error(`destroy exited with ${code}:\n${output}`);
  return interruptedFirstDeploy(lab, run, settings);
}

async function undisturbed(lab: Lab, settings: SettingValues): Promise<Hosts> {
  await lab.stack.deploy(settings, "--refresh");
  return hostsNow(lab);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number");
  return Number(text);
}

new Command("chaos")
  .description(
    "Cuts off deploys of this checkout's lab by SIGINT and SIGKILL at seeded places, recovers, and compares the hosts",
  )
  .option(
    "--seed <number>",
    "makes the runs; the first run has this seed, each next one more",
    whole,
    Date.now() % 1_000_000,
  )
  .option("--runs <number>", "how many", whole, RUNS)
  .action(async (options: { seed: number; runs: number }) => {
    process.exitCode = (await chaos(options)) ? 0 : 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`chaos: ${messageOf(error)}\n`);
    process.exitCode = 1;
  });
