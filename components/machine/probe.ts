import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../../lib/errors";
import { asRoot } from "./bundle-command";
import { CertificateFact, readFacts } from "./facts";
import { Observation, readObservation } from "./observation";
import { Machine } from "./machine";
import { Expectation, preflight } from "./preflight";
import { unreachedMessage } from "./probe-failure";
import { ProtocolError } from "./protocol";
import { hostScript, script } from "./scripts";
import { sshEnvironment } from "./ssh-environment";

/** The result of probing a host. */
export type ProbeResult = Observation & {
  /** Of all applications on the host; empty if unreachable. */
  readonly certificates: readonly CertificateFact[];
  /** Names of this stack's bundles there; empty if unreachable. */
  readonly bundles: readonly string[];
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
  const answer = stdout.startsWith("reached\n") ? stdout : `${stdout}\n${stderr}`;
  const observation = parsed(name, () => readObservation(answer, owner));
  if (!observation.reached) {
    if (observation.failure !== "unreachable" || !pulumi.runtime.isDryRun()) {
      throw new UserError(unreachedMessage(host, observation, process.env["SSH_AUTH_SOCK"]));
    }
    await pulumi.log.warn(`${name} is unreachable, so its drift is unknown: ${observation.reason}`);
    return { ...observation, certificates: [], bundles: [] };
  }
  const facts = parsed(name, () => readFacts(answer, owner, Date.now() / 1000));
  const { errors, warnings } = preflight(facts, expected);
  for (const warning of warnings) await pulumi.log.warn(`${name}: ${warning}`);
  if (errors.length > 0) {
    throw new UserError(
      `${name} is not ready, and nothing was changed:\n${errors.map((error) => `  ${error}\n`).join("")}`,
    );
  }
  if (observation.found.length > 0) {
    await pulumi.log.warn(`${host.name} has drifted: ${observation.found.join("; ")}`);
  }
  return { ...observation, certificates: facts.certificates, bundles: facts.bundles };
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
