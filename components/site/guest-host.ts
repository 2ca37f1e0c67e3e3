import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { engineOf } from "../engine";
import { HostAddress } from "../host/connection";
import { DriftMarker } from "../host/drift-marker";
import { HostAccess } from "../host/host-access";
import { Observation } from "../host/observation";
import { checkSharedHost, fullStackName, SharedHost } from "./shared-host";

/** Asks the stack that owns the machines where they are, at preview as well. */
export async function readSharedHost(stack: string): Promise<SharedHost> {
  const name = fullStackName(stack, pulumi.getOrganization(), pulumi.getProject());
  // Named as the setting: the engine tells of a stack that does not exist under this name.
  const reference = new pulumi.StackReference("host/stack", { name });
  return checkSharedHost((await reference.getOutputDetails("host")).value, name);
}

export interface GuestHostArgs {
  readonly address: HostAddress;
  /** The guest, `project/stack`. */
  readonly owner: string;
  readonly observation: Observation;
  readonly knownHostsFile: string;
}

/** A server that belongs to another stack: what is put there is this one's, the server itself is not touched. */
export class GuestHost extends pulumi.ComponentResource implements HostAccess {
  public readonly address: HostAddress;
  public readonly owner: string;
  public readonly revision: pulumi.Output<string>;
  public readonly engine: docker.Provider;

  public constructor(name: string, args: GuestHostArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:GuestHost", name, {}, opts);
    this.address = args.address;
    this.owner = args.owner;
    this.revision = new DriftMarker(`${name}-drift`, args.observation, { parent: this }).revision;
    this.engine = engineOf(name, args.address, args.knownHostsFile, { parent: this });
    this.registerOutputs({ revision: this.revision });
  }
}
