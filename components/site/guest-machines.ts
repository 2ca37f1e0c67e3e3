import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { GuestSettings, HostAddress, hostAddress } from "../../settings";
import { stackOutputs } from "../../state/in-program";
import { DnsPlan, isProxied, planRecords, proxyRanges } from "../dns";
import { engineOf, refuseMissingEngine } from "../docker";
import { DriftMarker, HostAccess, probe, ProbedMachine, refuseDeadAgent } from "../machine";
import { allOrUserErrors, UserError } from "../../lib/errors";
import { checkSharedHost, fullStackName, refuseOtherProxy, refuseTakenNames, SharedHost } from "./shared-host";
import { PreviousState } from "./previous-state";
import { SiteHost } from "./site-host";
import { warnOfSite, warnOfTunnel } from "./site-warnings";
import { StackNames } from "./stack-names";

/** The machines of another stack and the records of a guest, before anything is changed. */
export interface GuestObservation {
  readonly shared: SharedHost;
  readonly server: ProbedMachine;
  readonly records: DnsPlan;
}

/** Asks the owner stack for its machines, and probes the server. Throws one UserError with everything that has to be fixed first. */
export async function observeGuest(
  settings: GuestSettings,
  { owner }: StackNames,
  previous: PreviousState,
): Promise<GuestObservation> {
  const { host, domain, hosts, dns } = settings;
  const shared = await readSharedHost(host.stack);
  refuseTakenNames(hosts, shared);
  refuseOtherProxy(isProxied(dns), shared);
  const edge = hostAddress("host.stack: edge", shared.edge);
  const address = hostAddress("host.stack: server", shared.server);
  const machine = { address, owner };
  const [, server, records] = await allOrUserErrors([
    allOrUserErrors([
      refuseDeadAgent(process.env["SSH_AUTH_SOCK"]),
      settings.app.image === undefined ? refuseMissingEngine([shared.server.platform]) : undefined,
    ]),
    probe(machine, { role: "server", platform: shared.server.platform, ports: [] }),
    planRecords({
      domain,
      hosts,
      edge: edge.address,
      issuer: shared.caaIssuer,
      dns,
      owner,
      state: previous.records,
    }),
    warnOfSite(previous.url && { url: previous.url, names: hosts, edge: edge.address, proxied: isProxied(dns) }),
  ]);
  await warnOfTunnel(server);
  return { shared, server, records };
}

/** The machines of another stack, which this one does not change. */
export function guestMachines(
  { dns }: GuestSettings,
  { shared, server, records }: GuestObservation,
  { name }: StackNames,
): SiteHost {
  const { platform, tunnelAddress } = shared.server;
  const guest = new GuestHost(server.address.name, server);
  const network = pulumi.output(shared.network);
  const subnet = pulumi.output(shared.subnet);
  return {
    servers: [
      {
        ...{ name: server.address.name, platform, tunnelAddress, network },
        access: guest,
        engine: guest.engine,
        trustedProxies: subnet.apply((addresses) => [addresses, ...proxyRanges(dns)].join(",")),
        replicas: 1,
      },
    ],
    ingress: {
      access: guest,
      server: server.address.name,
      // The machine's own names resolve to its owner's admin. Names below localhost are the workstation itself (RFC 6761, section 6.3).
      adminHosts: [`${name}.localhost`],
    },
    database: undefined,
    dockerData: server.probe.dockerData,
    facts: shared,
    network,
    subnet,
    records,
    ready: [guest],
  };
}

/** Reads the output `host` of the owner stack, at preview as well. */
async function readSharedHost(stack: string): Promise<SharedHost> {
  const name = fullStackName(stack, pulumi.getOrganization(), pulumi.getProject());
  const outputs = await stackOutputs(name);
  if (outputs === undefined) {
    throw new UserError(
      `host.stack: this backend has no stack ${name}: correct the name, or run 'pulumi up --stack ${name}' first`,
    );
  }
  return checkSharedHost(outputs["host"], name);
}

/** A server that belongs to another stack: this one adds to it and does not change the server itself. */
class GuestHost extends pulumi.ComponentResource implements HostAccess {
  public readonly address: HostAddress;
  public readonly owner: string;
  public readonly revision: pulumi.Output<string>;
  public readonly things: HostAccess["things"];
  public readonly engine: docker.Provider;

  public constructor(name: string, machine: ProbedMachine, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:GuestHost", name, {}, opts);
    this.address = machine.address;
    this.owner = machine.owner;
    this.things = machine.probe.things;
    this.revision = new DriftMarker(`${name}-drift`, machine.probe, { parent: this }).revision;
    this.engine = engineOf(name, machine, { parent: this });
    this.registerOutputs({ revision: this.revision });
  }
}
