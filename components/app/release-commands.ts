import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { commandConnection, HostAccess, script } from "../machine";



export interface ReleaseArgs {
  /** Name of the application on the server. */
  readonly app: string;
  readonly host: HostAccess;
  /** Shell commands, in order, until one fails. */
  readonly commands: readonly string[];
  /** What the container shares with those that will serve. */
  readonly container: docker.ContainerArgs;
}

/**
 * The commands that run once before new code serves. Docker's provider would take a container that failed for created, and never start it again; so
 * it only makes the container, and a command on the server runs it: what failed is in no state, and runs again at the next `up`.
 */
export function release(name: string, args: ReleaseArgs, opts: pulumi.CustomResourceOptions): command.remote.Command {
  const { provider, ...others } = opts;
  const task = new docker.Container(
    name,
    {
      ...args.container,
      command: ["sh", "-ec", args.commands.join("\n")],
      start: false,
      mustRun: false,
    },
    {
      ...others,
      ...(provider === undefined ? {} : { provider }),
      deleteBeforeReplace: false,
      replaceOnChanges: ["tmpfs"],
    },
  );
  const run = "exec bash -s";
  return new command.remote.Command(
    `${name}-run`,
    {
      connection: commandConnection(args.host.address),
      create: run,
      update: run,
      stdin: task.name.apply((container) => `${script("app/release-commands.sh")}${args.app}\n${args.host.address.name}\n${container}\n`),
      addPreviousOutputInEnv: false,
    },
    others,
  );
}
