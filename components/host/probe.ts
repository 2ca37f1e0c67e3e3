import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { HostAddress } from "./connection";
import { Observation, readObservation } from "./observation";
import { hostScript, script } from "./scripts";
import { sshEnvironment } from "./ssh-environment";

/**
 * Looks at a host, at preview as well as at up, over one ssh connection.
 * A host that does not answer is named in a warning; it is no error, because a preview must work while a machine is switched off.
 */
export async function observe(host: HostAddress, owner: string, knownHostsFile: string): Promise<Observation> {
  const { stdout } = await command.local.run({
    command: script("probe.sh"),
    stdin: hostScript(),
    environment: sshEnvironment(host, knownHostsFile),
    logging: "none",
    addPreviousOutputInEnv: false,
  });
  const observation = readObservation(stdout, owner);
  if (!observation.reached) {
    await pulumi.log.warn(
      `${host.name} (${host.address}) did not answer, so what changed on it is unknown: ${observation.reason}`,
    );
  } else if (observation.found.length > 0) {
    await pulumi.log.warn(`${host.name} is not as it was told: ${observation.found.join("; ")}`);
  }
  return observation;
}
