import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { BundleHeader, renderBundle } from "./bundle";
import { commandConnection } from "./connection";
import { HostAccess } from "./host-access";
import { HostSpec } from "./host-spec";
import { VERBS } from "./protocol";
import { hostScript } from "./scripts";

/** A bundle and its host. */
export interface BundleArgs {
  readonly host: HostAccess;
  /** Name of the bundle on the host. */
  readonly bundle: string;
  readonly spec: pulumi.Input<Omit<HostSpec, "checks">>;
  /** True if the contents must appear in no preview, log or plain-text state. */
  readonly secret: boolean;
}

/** The header of a bundle for a host. */
export function bundleHeader({ owner, revision }: HostAccess, name: string): pulumi.Output<BundleHeader> {
  return revision.apply((current) => ({ name, owner, revision: current }));
}

/**
 * The command that runs a verb as root. Script and data come on stdin, so that no error can print them. The login shell may be any that knows single quotes,
 * such as fish or csh.
 */
export function asRoot(verb: (typeof VERBS)[number]): string {
  return `exec sh -c 'if [ "$(id -u)" -eq 0 ]; then exec bash -s ${verb}; else exec sudo -n bash -s ${verb}; fi'`;
}

/** One bundle on one host: applied on create and update alike, removed on delete. */
export function bundleCommand(
  name: string,
  args: BundleArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const stdin = pulumi
    .all([bundleHeader(args.host, args.bundle), args.spec])
    .apply(([header, spec]) => hostScript() + renderBundle(header, spec));
  return new command.remote.Command(
    name,
    {
      connection: commandConnection(args.host.address),
      create: asRoot("apply"),
      update: asRoot("apply"),
      delete: asRoot("remove"),
      stdin: args.secret ? pulumi.secret(stdin) : stdin,
      logging: args.secret ? "none" : "stdoutAndStderr",
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}
