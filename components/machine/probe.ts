import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../../lib/errors";
import { HostAddress } from "../../settings/host-address";
import { asRoot } from "./bundle-command";
import { CertificateFact, readFacts } from "./facts";
import { Observation, readObservation } from "./observation";
import { Machine } from "./machine";
import { examine, Expectation } from "./preflight";
import { ProtocolError } from "./protocol";
import { hostScript, script } from "./scripts";
import { sshEnvironment } from "./ssh-environment";

/** What the probe saw of a host. */
export type ProbeResult = Observation & {
  /** Of all applications on the host; empty where it is away. */
  readonly certificates: readonly CertificateFact[];
  /** Names of the bundles that the stack has there; empty where the host is away. */
  readonly bundles: readonly string[];
};

/** A machine, and what the probe saw there just now. */
export interface ProbedMachine extends Machine {
  readonly probe: ProbeResult;
}

/**
 * Looks at a host, at preview as well as at up, over one ssh connection.
 * Throws one UserError with everything that has to be mended before anything may be changed. A host that is away is an error at up and a warning
 * at preview, which must work while a machine is switched off.
 */
export async function probe<T extends Machine>(
  machine: T,
  expected: Expectation,
): Promise<T & { readonly probe: ProbeResult }> {
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
  // Where a host answers, stderr has nothing but remarks.
  const answer = stdout.startsWith("reached\n") ? stdout : `${stdout}\n${stderr}`;
  const observation = understood(name, () => readObservation(answer, owner));
  if (!observation.reached) {
    if (observation.failure !== "away" || !pulumi.runtime.isDryRun()) {
      throw new UserError(unreachedMessage(host, observation, process.env["SSH_AUTH_SOCK"]));
    }
    await pulumi.log.warn(`${name} cannot be reached, so what changed on it is unknown: ${observation.reason}`);
    return { ...observation, certificates: [], bundles: [] };
  }
  const facts = understood(name, () => readFacts(answer, owner, Date.now() / 1000));
  const { faults, cautions } = examine(facts, expected);
  for (const caution of cautions) await pulumi.log.warn(`${name}: ${caution}`);
  if (faults.length > 0) {
    throw new UserError(
      `${name} is not ready, and nothing was changed:\n${faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
  }
  if (observation.found.length > 0) {
    await pulumi.log.warn(`${host.name} is not as it was told: ${observation.found.join("; ")}`);
  }
  return { ...observation, certificates: facts.certificates, bundles: facts.bundles };
}

function understood<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new UserError(
      `${name}: what the probe found cannot be read, and nothing was changed: ${error.message}. This is a fault of the program: report it with this line`,
    );
  }
}

/** Says why a host could not be looked at, and what to do; `agent`: the socket of the operator's ssh agent. */
export function unreachedMessage(
  host: HostAddress,
  seen: Extract<Observation, { reached: false }>,
  agent: string | undefined,
): string {
  const name = `${host.name} (${host.address})`;
  const said = `It was said: ${seen.reason}`;
  switch (seen.failure) {
    case "host key":
      return (
        `${name}: its host key is not the one in the settings, so nothing was sent to it. Compare 'hostKey' with what the machine's own ` +
        `console shows (cat /etc/ssh/ssh_host_*_key.pub); after a new installation the new key belongs into the settings. ${said}`
      );
    case "login":
      return (
        `${name}: the login ${host.user} was refused. ${describeKey(host, agent)} has to stand in ~${host.user}/.ssh/authorized_keys there; ` +
        `see also 'user' and 'privateKeyFile' in the settings. ${said}`
      );
    case "sudo":
      return (
        `${name}: ${host.user} has no passwordless sudo. As root on the machine: ` +
        `echo '${host.user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010-homeport. ${said}`
      );
    case "away":
      return (
        `${name} cannot be reached: ${seen.reason}. Look whether it is switched on and whether address and port (${host.port}) are right, ` +
        `then run 'pulumi up' again; nothing was changed`
      );
  }
}

function describeKey({ privateKeyFile }: HostAddress, agent: string | undefined): string {
  if (privateKeyFile !== undefined) return `The public half of ${privateKeyFile}`;
  return agent === undefined
    ? "There is no ssh agent here (SSH_AUTH_SOCK is not set), which would be asked for a key: a key of it"
    : "A key of your ssh agent";
}
