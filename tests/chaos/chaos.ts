import { Lab } from "../support/lab";
import { fingerprint } from "../support/lab-fingerprint";
import { siteIsBack, whileVisited } from "../support/lab-site";
import { SettingValues } from "../support/lab-stack";
import { interruptedUp } from "./interrupted-up";
import { ChaosRun } from "./plan";

/** Settings that give every machine and the application something to do; the edge's firewall is a guarded change. */
export const CHANGED: SettingValues = {
  "homeport:app": { workers: 2 },
  "homeport:tunnel": { keepaliveSeconds: 17 },
  "homeport:edge": { sshFrom: ["0.0.0.0/0"] },
};

/** How both hosts are, as text. */
export type Hosts = Readonly<Record<"vps" | "pi", string>>;

/** What became of a deploy that was cut off. */
export interface Outcome {
  /** False if it finished before the signal. */
  readonly struck: boolean;
  /** What must not be found afterwards; expected empty. */
  readonly faults: readonly string[];
  /** What the hosts are now. */
  readonly hosts: Hosts;
  /** Of the recovery alone. */
  readonly seconds: number;
}

/** How both hosts are now. */
export async function hostsNow({ machines }: Lab): Promise<Hosts> {
  const [vps, pi] = await Promise.all([fingerprint(machines.vps), fingerprint(machines.pi)]);
  return { vps, pi };
}

/** Cuts off an update to other settings, and recovers. The site has to serve all the time. */
export async function interruptedUpdate(lab: Lab, run: ChaosRun, settings: SettingValues): Promise<Outcome> {
  const { result, failures } = await whileVisited(lab, () => struckAndRecovered(lab, run, settings));
  return { ...result, faults: [...result.faults, ...failures.map((one) => `a visitor was answered: ${one}`)] };
}

/** Cuts off a first deploy (nothing is deployed when it begins), and recovers. */
export async function interruptedFirstDeploy(lab: Lab, run: ChaosRun, settings: SettingValues): Promise<Outcome> {
  const outcome = await struckAndRecovered(lab, run, settings);
  await siteIsBack(lab);
  return outcome;
}

async function struckAndRecovered(lab: Lab, run: ChaosRun, settings: SettingValues): Promise<Outcome> {
  return lab.stack.withSettings(settings, async () => {
    const { struck } = await interruptedUp(lab.stack, run);
    const recovery = await lab.stack.recover();
    const faults = recovery.code === 0 ? [] : [`the recovery exited with ${recovery.code}:\n${recovery.output}`];
    const preview = await lab.stack.preview("--expect-no-changes");
    if (preview.output.includes("pending operations")) faults.push("the state still has operations that never ended");
    if (preview.changed.length > 0) faults.push(`a preview afterwards would change ${preview.changed.join(", ")}`);
    return { struck, faults, hosts: await hostsNow(lab), seconds: recovery.seconds };
  });
}

/** The lines in which hosts differ from what they are without an interruption; each as often as it is too few or too many. */
export function differences(expected: Hosts, found: Hosts): string[] {
  return (["vps", "pi"] as const).flatMap((name) => [
    ...surplus(expected[name], found[name]).map((line) => `${name} lacks: ${line}`),
    ...surplus(found[name], expected[name]).map((line) => `${name} has besides: ${line}`),
  ]);
}

function surplus(text: string, other: string): string[] {
  const left = other.split("\n");
  return text.split("\n").filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
