import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { GuestSettings } from "../../config";
import { stackOutputs } from "../../state/in-program";
import { isProxied, proxyRanges } from "../dns/cloudflare-ranges";
import { DnsPlan, planRecords } from "../dns/plan";
import { engineOf } from "../engine";
import { together, UserError } from "../errors";
import { HostAddress } from "../host/connection";
import { DriftMarker } from "../host/drift-marker";
import { HostAccess } from "../host/host-access";
import { writeKnownHosts } from "../host/known-hosts";
import { hostAddress } from "../host/login";
import { Observation } from "../host/observation";
import { observe, Sight } from "../host/probe";
import type { StateBefore } from "./before";
import { checkSharedHost, fullStackName, refuseOtherProxy, refuseTakenNames, SharedHost } from "./shared-host";
import { SiteHost } from "./site-host";

/** What a guest is made of. */
export interface GuestArgs {
  readonly settings: GuestSettings;
  readonly before: StateBefore;
  /** The stack's own name, such as `staging`. */
  readonly stack: string;
  /** The stack as hosts know it, `project/stack`. */
  readonly owner: string;
  /** The stack as the name of what it makes on a host. */
  readonly name: string;
}

/** The machines of another stack, and the records, as they are before this run changes any of them. */
export interface SeenAsGuest extends Pick<GuestArgs, "settings" | "owner" | "name"> {
  readonly shared: SharedHost;
  readonly machine: HostAddress;
  readonly knownHostsFile: string;
  readonly observation: Sight;
  readonly records: DnsPlan;
}

/** Asks the other stack where its machines are, and looks at what the guest will use. */
export async function lookAsGuest({ settings, before, stack, owner, name }: GuestArgs): Promise<SeenAsGuest> {
  const { host, domain, hosts, dns } = settings;
  const shared = await readSharedHost(host.stack);
  refuseTakenNames(hosts, shared);
  refuseOtherProxy(isProxied(dns), shared);
  const edge = hostAddress("host/stack: edge", shared.edge);
  const machine = hostAddress("host/stack: server", shared.server);
  const knownHostsFile = writeKnownHosts(stack, [edge, machine]);
  const { platform } = shared.server;
  const [observation, records] = await together([
    observe(machine, owner, knownHostsFile, { role: "server", platform, ports: [] }),
    planRecords("dns", {
      ...{ domain, hosts, edge: edge.address, issuer: shared.caaIssuer, dns, owner },
      state: before.records,
    }),
  ]);
  return { settings, owner, name, shared, machine, knownHostsFile, observation, records };
}

/** The machines of another stack; nothing of theirs is changed. */
export function guestHost(seen: SeenAsGuest): SiteHost {
  const { shared, machine, owner, name, observation, knownHostsFile, records } = seen;
  const { dns } = seen.settings;
  const { platform, tunnelAddress } = shared.server;
  const guest = new GuestHost(machine.name, { address: machine, owner, observation, knownHostsFile });
  const network = pulumi.output(shared.network);
  const subnet = pulumi.output(shared.subnet);
  return {
    servers: [
      {
        ...{ name: machine.name, platform, tunnelAddress, network },
        access: guest,
        engine: guest.engine,
        trustedProxies: subnet.apply((addresses) => [addresses, ...proxyRanges(dns)].join(",")),
        replicas: 1,
      },
    ],
    ingress: {
      access: guest,
      server: machine.name,
      // The machine's own names lead to its owner's admin. Names below localhost are the workstation itself (RFC 6761, section 6.3).
      adminHosts: [`${name}.localhost`],
      certificates: observation.certificates,
    },
    database: undefined,
    facts: shared,
    network,
    subnet,
    knownHostsFile,
    records,
    ready: [guest],
  };
}

/** Asks the stack that owns the machines where they are, at preview as well. */
async function readSharedHost(stack: string): Promise<SharedHost> {
  const name = fullStackName(stack, pulumi.getOrganization(), pulumi.getProject());
  const outputs = await stackOutputs(name);
  if (outputs === undefined) {
    throw new UserError(
      `host/stack: there is no stack ${name} in this backend: correct the name, or run 'pulumi up --stack ${name}' first`,
    );
  }
  return checkSharedHost(outputs["host"], name);
}

interface GuestHostArgs {
  readonly address: HostAddress;
  /** The guest, `project/stack`. */
  readonly owner: string;
  readonly observation: Observation;
  readonly knownHostsFile: string;
}

/** A server that belongs to another stack: what is put there is this one's, the server itself is not touched. */
class GuestHost extends pulumi.ComponentResource implements HostAccess {
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
