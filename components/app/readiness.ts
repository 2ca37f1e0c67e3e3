import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { commandConnection, HostAccess, script } from "../machine";



export interface ReadinessArgs {
  /** Name of the application on the server. */
  readonly app: string;
  readonly host: HostAccess;
  /** What has to be healthy there. */
  readonly webs: readonly docker.Container[];
  /** Time for all of them together, seconds. */
  readonly startSeconds: number;
}

/**
 * Waits until the containers of a server are healthy. Docker's provider could wait as well, but of one that does not become healthy it reports neither the log
 * nor the output of its health check, and leaves it on the host and in no state.
 */
export function readiness(name: string, args: ReadinessArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const { app, host, webs, startSeconds } = args;
  const wait = "exec bash -s";
  return new command.remote.Command(
    name,
    {
      connection: commandConnection(host.address),
      create: wait,
      update: wait,
      stdin: pulumi
        .all(webs.map((one) => one.name))
        .apply((containers) =>
          [`${script("app/ready.sh")}${app}`, host.address.name, String(startSeconds), ...containers, ""].join("\n"),
        ),
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}
