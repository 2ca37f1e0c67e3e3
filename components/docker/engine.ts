import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Check, EMPTY_SPEC, HostFile, HostSpec, loginOf, Machine, opensshOptions, renderUnit } from "../machine";

/** The distribution's Docker. Debian 13 has the client in a separate package. */
export const ENGINE_PACKAGES = ["docker-cli?", "docker.io"] as const;

/** That the engine answers the user of this program's ssh. */
export function engineCheck(user: string): Check {
  return { claim: `Docker answers ${user}`, command: `runuser -u ${user} -- docker version` };
}

/** Seconds until an engine that has ended is started again. */
const RESTART_SECONDS = 2;

/** The engine comes back however it ended and as often as it does: Debian's own unit gives up at the fourth end within a minute. */
export function engineFiles(): HostFile[] {
  return [
    {
      path: "/etc/systemd/system/docker.service.d/homeport.conf",
      text: renderUnit("engine.ts", {
        Unit: { StartLimitIntervalSec: "0" },
        Service: { Restart: "always", RestartSec: String(RESTART_SECONDS) },
      }),
    },
  ];
}

/** The spec of an engine that may be removed again, beside the rest of a host's. */
export function engineSpec(user: string): HostSpec {
  return {
    ...EMPTY_SPEC,
    packages: ENGINE_PACKAGES,
    groups: [{ group: "docker", user }],
    files: engineFiles(),
    units: ["docker.service"],
  };
}

/** Where OpenSSH keeps its own files; it makes a tilde the home directory, so that none of a workstation's paths is in the state. */
const CONTROL_DIRECTORY = "~/.ssh";

/** The Docker engine of a server, over ssh. */
export function engineOf(name: string, { address }: Machine, opts: pulumi.CustomResourceOptions): docker.Provider {
  // ssh ends where it cannot make the socket.
  mkdirSync(path.join(homedir(), ".ssh"), { recursive: true, mode: 0o700 });
  return new docker.Provider(
    `${name}-docker`,
    {
      host: `ssh://${loginOf(address)}:${address.port}`,
      // One ssh connection for all of the provider's requests: sshd drops a burst of them (MaxStartups 10:30:100).
      sshOpts: [
        ...opensshOptions(address),
        "-o",
        "ControlMaster=auto",
        "-o",
        // Below a directory of yours alone: in /tmp any other user could answer as the machine.
        `ControlPath=${CONTROL_DIRECTORY}/homeport-%C`,
        "-o",
        "ControlPersist=30",
      ],
    },
    opts,
  );
}
