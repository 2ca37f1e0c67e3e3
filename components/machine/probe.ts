import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { printable } from "../../lib/printable";
import { UserError } from "../../lib/errors";
import { asRoot } from "./bundle-command";
import { DOCKER_DATA, Facts, MISSING, readFacts, Thing } from "./facts";
import { Observation, readObservation } from "./observation";
import { Machine } from "./machine";
import { Expectation, preflight } from "./preflight";
import { unreachedMessage } from "./probe-failure";
import { ProtocolError } from "./protocol";
import { hostScript, script } from "./scripts";
import { sshEnvironment } from "./ssh-environment";

/** The result of probing a host. */
export type ProbeResult = Observation & {
  /** Names of this stack's bundles there; empty if unreachable. */
  readonly bundles: readonly string[];
  /** What is wrong with its tunnel, a sentence each; empty if unreachable. */
  readonly tunnel: readonly string[];
  /** This stack's things in its Docker; empty if unreachable. */
  readonly things: readonly Thing[];
  /** Where its Docker keeps the data; the usual place if unreachable. */
  readonly dockerData: string;
};

/** A machine and its probe result. */
export interface ProbedMachine extends Machine {
  readonly probe: ProbeResult;
}

/**
 * Probes a host over one ssh connection, at preview and at up alike.
 * Throws one UserError with everything to fix before anything may change. An unreachable host is an error at up and a warning at preview, which must work
 * while a machine is switched off.
 */
export async function probe(machine: Machine, expected: Expectation): Promise<ProbedMachine> {
  return { ...machine, probe: await probeResult(machine, expected) };
}

async function probeResult(machine: Machine, expected: Expectation): Promise<ProbeResult> {
  const { address: host, owner } = machine;
  const { stdout, stderr } = await command.local.run({
    command: script("machine/scripts/probe.sh"),
    stdin: hostScript(),
    environment: { ...sshEnvironment(machine), COMMAND: asRoot("probe") },
    logging: "none",
    addPreviousOutputInEnv: false,
  });
  const name = `${host.name} (${host.address})`;
  // If the host answered, stderr has nothing but remarks.
  const answer = printable(stdout.startsWith("reached\n") ? stdout : `${stdout}\n${stderr}`);
  const observation = parsed(name, () => readObservation(answer, owner));
  if (!observation.reached) {
    if (observation.failure !== "unreachable" || !pulumi.runtime.isDryRun()) {
      throw new UserError(unreachedMessage(host, observation, process.env["SSH_AUTH_SOCK"]));
    }
    await pulumi.log.warn(`${name} is unreachable, so its drift is unknown: ${observation.reason}`);
    return { ...observation, bundles: [], things: [], tunnel: [], dockerData: DOCKER_DATA };
  }
  const facts = parsed(name, () => readFacts(answer, owner, Date.now() / 1000));
  const { errors, problems, tunnel, warnings } = preflight(facts, expected);
  for (const warning of [...problems, ...warnings]) await pulumi.log.warn(`${name}: ${warning}`);
  if (errors.length > 0) {
    throw new UserError(
      `${name} is not ready, and nothing was changed:\n${errors.map((error) => `  ${error}\n`).join("")}`,
    );
  }
  const drift = driftOf(observation, facts);
  if (drift.length > 0) await pulumi.log.warn(`${host.name} has drifted: ${drift.join("; ")}`);
  return {
    ...observation,
    bundles: facts.bundles,
    dockerData: facts.dockerData,
    tunnel,
    things: facts.things.map(unlike(observation.revision)),
  };
}

// Two losses of one thing have to differ; what is there has a name of its own.
function unlike(revision: string): (thing: Thing) => Thing {
  return (thing) => (thing.fault === MISSING ? { ...thing, fault: `${MISSING} (${revision.slice(0, 12)})` } : thing);
}

/** All that `up` repairs on a host, a sentence each. */
export function driftOf({ found }: { readonly found: readonly string[] }, { things }: Pick<Facts, "things">): string[] {
  const faults = things.flatMap(({ kind, name, fault }) =>
    fault === undefined ? [] : [`the ${kind} ${name} ${fault}`],
  );
  // What is missing stands in both.
  return [...new Set([...found, ...faults])];
}

function parsed<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new UserError(
      `${name}: cannot parse the probe's answer, and nothing was changed: ${error.message}. This is a bug in Homeport: report it with this line`,
    );
  }
}
