import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { HostAddress, loginOf, opensshOptions } from "./host/connection";

/** The Docker engine of a server, over ssh. */
export function engineOf(
  name: string,
  address: HostAddress,
  knownHostsFile: string,
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
