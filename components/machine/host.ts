import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { HostAddress } from "../../settings";
import { sha256 } from "../../lib/sha256";
import { renderChecks } from "./bundle";
import { asRoot, bundleCommand, bundleHeader } from "./bundle-command";
import { commandConnection } from "./connection";
import { DriftMarker } from "./drift-marker";
import { Thing } from "./facts";
import { HostAccess } from "./host-access";
import { HostSpec } from "./host-spec";
import { ProbedMachine } from "./probe";
import { hostScript } from "./scripts";

/** A machine and its desired state. */
export interface HostArgs {
  readonly machine: ProbedMachine;
  /** The public part of the desired state. */
  readonly spec: pulumi.Input<HostSpec>;
  /** Directories and files that hold secrets, and nothing else. */
  readonly secrets: pulumi.Input<HostSpec>;
  /** Secret bundles with a life of their own: applied before what uses them, removed after it. */
  readonly parts: readonly HostPart[];
}

/** An additional bundle of a host. */
export interface HostPart {
  /** Name of the bundle on the host. */
  readonly name: string;
  readonly spec: pulumi.Input<HostSpec>;
}

/** Applies a HostSpec to a machine: secret files first, then parts and everything else, then the checks on a fresh connection. */
export class Host extends pulumi.ComponentResource implements HostAccess {
  public readonly address: HostAddress;
  public readonly owner: string;
  public readonly revision: pulumi.Output<string>;
  public readonly things: readonly Thing[];

  public constructor(name: string, args: HostArgs, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:Host", name, {}, opts);
    this.address = args.machine.address;
    this.owner = args.machine.owner;
    this.things = args.machine.probe.things;
    this.revision = new DriftMarker(`${name}-drift`, args.machine.probe, { parent: this }).revision;
    const secrets = bundleCommand(
      `${name}-secrets`,
      { host: this, bundle: "secrets", spec: args.secrets, secret: true },
      { parent: this },
    );
    const parts = args.parts.map(({ name: part, spec }) =>
      bundleCommand(
        `${name}-${part}`,
        { host: this, bundle: part, spec, secret: true },
        { parent: this, dependsOn: secrets },
      ),
    );
    const files = bundleCommand(
      `${name}-files`,
      { host: this, bundle: "base", spec: args.spec, secret: false },
      { parent: this, dependsOn: [secrets, ...parts] },
    );
    verify(name, this, args, files);
    this.registerOutputs({ revision: this.revision });
  }
}

/** Runs the checks again whenever the files change, on a new connection: reaching the host confirms a guarded change. */
function verify(name: string, host: Host, args: HostArgs, files: command.remote.Command): command.remote.Command {
  const stdin = pulumi
    .all([bundleHeader(host, "base"), args.spec, files.stdin])
    .apply(([header, spec, applied]) => hostScript() + renderChecks(header, spec, sha256(applied ?? "")));
  return new command.remote.Command(
    `${name}-verify`,
    {
      connection: commandConnection(host.address),
      create: asRoot("verify"),
      update: asRoot("verify"),
      stdin,
      addPreviousOutputInEnv: false,
    },
    { parent: host, dependsOn: files },
  );
}
