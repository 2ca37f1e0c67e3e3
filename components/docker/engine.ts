import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Check, EMPTY_SPEC, HostSpec, loginOf, Machine, opensshOptions } from "../machine";

/** The distribution's Docker. Debian 13 has the client in a separate package. */
export const ENGINE_PACKAGES = ["docker-cli?", "docker.io"] as const;

/** That the engine answers the user of this program's ssh. */
export function engineCheck(user: string): Check {
  return { claim: `Docker answers ${user}`, command: `runuser -u ${user} -- docker version` };
}

/** The spec of an engine that may be removed again, beside the rest of a host's. */
export function engineSpec(user: string): HostSpec {
  return {
    ...EMPTY_SPEC,
    packages: ENGINE_PACKAGES,
    groups: [{ group: "docker", user }],
    units: ["docker.service"],
  };
}

/** The Docker engine of a server, over ssh. */
export function engineOf(
  name: string,
  { address, knownHostsFile }: Machine,
  opts: pulumi.CustomResourceOptions,
): docker.Provider {
  return new docker.Provider(
    `${name}-docker`,
    {
      host: `ssh://${loginOf(address)}:${address.port}`,
      // One ssh connection for all of the provider's requests: sshd drops a burst of them (MaxStartups 10:30:100).
      sshOpts: [
        ...opensshOptions(address, knownHostsFile),
        "-o",
        "ControlMaster=auto",
        "-o",
        "ControlPath=/tmp/homeport-%C",
        "-o",
        "ControlPersist=30",
      ],
    },
    opts,
  );
}
