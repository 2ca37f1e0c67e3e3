import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { engineOf } from "./engine";
import { UserError } from "./errors";
import { BundleHeader } from "./host/bundle";
import { HostAddress } from "./host/connection";
import { DriftMarker } from "./host/drift-marker";
import { HostAccess } from "./host/host-access";
import { Observation } from "./host/observation";
import { HostFacts } from "./site-host";

const login = {
  name: z.string(),
  address: z.string(),
  port: z.number(),
  user: z.string(),
  hostKey: z.string(),
  privateKeyFile: z.string().optional(),
  tunnelAddress: z.string(),
};

/** The output `host` of a stack that owns machines. */
const sharedHost = z.object({
  owner: z.string(),
  names: z.array(z.string()),
  caaIssuer: z.string().optional(),
  edge: z.object(login),
  server: z.object({ ...login, platform: z.string(), sshOverTunnel: z.boolean() }),
  network: z.string(),
  subnet: z.string(),
});

/** What another stack tells about its machines. */
export type SharedHost = z.output<typeof sharedHost> & HostFacts;

/** The full name of a stack, of which the organization and the project may be left out, as the Pulumi CLI takes it. */
export function fullStackName(name: string, organization: string, project: string): string {
  const [last = "", middle, first] = name.split("/").reverse();
  if (middle === undefined) return `${organization}/${project}/${last}`;
  return first === undefined ? `${middle}/${project}/${last}` : name;
}

/** Asks the stack that owns the machines where they are, at preview as well. */
export async function readSharedHost(stack: string): Promise<SharedHost> {
  const name = fullStackName(stack, pulumi.getOrganization(), pulumi.getProject());
  const reference = new pulumi.StackReference("host/stack", { name });
  return checkSharedHost((await reference.getOutputDetails("host")).value, name);
}

/** Checks what a stack answered; `name` is its full name. */
export function checkSharedHost(answer: unknown, name: string): SharedHost {
  const read = sharedHost.safeParse(answer);
  if (!read.success) {
    throw new UserError(
      `host/stack: the stack ${name} does not say where its machines are: run 'pulumi up --stack ${name}' first, with this version of the program`,
    );
  }
  const [, project = "", stack = ""] = name.split("/");
  if (read.data.owner !== `${project}/${stack}`) {
    throw new UserError(
      `host/stack: the stack ${name} is a guest itself, on the machines of ${read.data.owner}: name that stack instead`,
    );
  }
  return read.data;
}

/** Refuses names under which the owner's own site answers. */
export function refuseTakenNames(names: readonly string[], { owner, names: taken }: HostFacts): void {
  const both = names.filter((name) => taken.includes(name));
  if (both.length === 0) return;
  throw new UserError(
    `hosts: ${both.join(", ")} ${both.length === 1 ? "is a name" : "are names"} of the site of ${owner}, which shares these machines: choose another domain, such as staging.${both[0] ?? ""}, or other hosts`,
  );
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

  public header(bundle: string): pulumi.Output<BundleHeader> {
    return this.revision.apply((revision) => ({ name: bundle, owner: this.owner, revision }));
  }
}
