import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { quote } from "../../lib/quote";
import { commandConnection, HostAccess, script } from "../machine";

/** Shell commands that run once before new code serves, in order, until one fails. */
export interface Release {
  readonly commands: readonly string[];
  /** Whether the settings name none, and these are Homeport's own. */
  readonly byDefault: boolean;
}

export interface ReleaseArgs {
  /** Name of the application on the server. */
  readonly app: string;
  readonly host: HostAccess;
  readonly release: Release;
  /** For all of them together, seconds. */
  readonly seconds: number;
  /** What the container shares with those that will serve, with the commands. */
  readonly container: docker.ContainerArgs;
}

/** Precedes each command in the container's log, so that a failure can name it. */
const STEP = "homeport: runs";

/** The commands as the container's shell runs them. */
export function releaseScript({ commands }: Release): string {
  return commands.flatMap((one) => [`echo ${quote(`${STEP} ${one.replaceAll("\n", "; ")}`)}`, one]).join("\n");
}

/**
 * The commands that run once before new code serves. Docker's provider would take a container that failed for created, and never start it again; so
 * it only makes the container, and a command on the server runs it: what failed is in no state, and runs again at the next `up`.
 */
export function release(name: string, args: ReleaseArgs, opts: pulumi.CustomResourceOptions): command.remote.Command {
  const { provider, ...others } = opts;
  const { app, host, seconds } = args;
  const task = new docker.Container(
    name,
    { ...args.container, start: false, mustRun: false },
    {
      ...others,
      ...(provider === undefined ? {} : { provider }),
      deleteBeforeReplace: false,
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
  const run = "exec bash -s";
  return new command.remote.Command(
    `${name}-run`,
    {
      connection: commandConnection(host.address),
      create: run,
      update: run,
      stdin: task.name.apply((container) =>
        [
          `${script("app/release-commands.sh")}${app}`,
          host.address.name,
          container,
          String(seconds),
          args.release.byDefault ? "default" : "chosen",
          "",
        ].join("\n"),
      ),
      addPreviousOutputInEnv: false,
    },
    others,
  );
}
