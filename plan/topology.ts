import { INNER_PORT, POSTGRES_PORT } from "./ports";
import { addressPlan, GivenAddresses } from "./tunnel-addresses";
import { mapAll, NonEmpty } from "../lib/non-empty";

/** New connections that one end of the tunnel may open to another. */
export interface Flow {
  /** Tunnel addresses, each one or a range. */
  readonly from: string;
  readonly to: string;
  /** TCP. */
  readonly port: number;
}

/** The settings that decide who may connect to whom. */
export interface TopologySettings<T> {
  /** Network of the tunnel. */
  readonly network: string;
  /** Where TLS ends. */
  readonly ingress: "edge" | "server";
  /** The first also runs the release and the jobs. */
  readonly servers: NonEmpty<T>;
  /** Name of the server with the database; undefined: none of ours. */
  readonly database: string | undefined;
  /** Of the last `up`; none: a new stack. */
  readonly given?: GivenAddresses;
}

/** A server's part. */
export interface Part {
  readonly tunnelAddress: string;
  /** Whether visitors come to it out of the tunnel: TLS ends there. */
  readonly terminatesTls: boolean;
  /** What other ends of the tunnel may open there. */
  readonly inner: readonly Flow[];
  /** Ports that it publishes for other ends of the tunnel. */
  readonly innerPorts: readonly number[];
}

/** Who may connect to whom through the tunnel. */
export interface Topology<T> {
  /** Tunnel address of the edge. */
  readonly hub: string;
  /** The same with the network's prefix length. */
  readonly hubInNetwork: string;
  /** Tunnel address of the machine where TLS ends. */
  readonly ingress: string;
  /** Tunnel address of the server that takes the site's traffic; undefined: TLS ends at the edge. */
  readonly target: string | undefined;
  /** The servers with their parts, in the order of the settings. */
  readonly members: NonEmpty<T & Part>;
  /** Connections that servers may open to each other through the edge. */
  readonly relayed: readonly Flow[];
}

/** Assigns each machine its address and its part. */
export function topology<T extends { readonly name: string }>(settings: TopologySettings<T>): Topology<T> {
  const { network, ingress, servers, database, given } = settings;
  const { prefix, hub, spokes, anySpoke } = addressPlan(
    network,
    mapAll(servers, ({ name }) => name),
    given,
  );
  const placed = mapAll(servers, (server, index) => ({ ...server, tunnelAddress: spokes[index] ?? "" }));
  const target = ingress === "server" ? placed[0].tunnelAddress : undefined;
  const front = target ?? hub;
  const data = placed.find(({ name }) => name === database)?.tunnelAddress;
  const asks = (to: string): Flow => ({ from: front, to, port: INNER_PORT });
  // Any spoke: a server that is taken out still serves when these rules are applied.
  const reads: Flow[] = data === undefined ? [] : [{ from: anySpoke, to: data, port: POSTGRES_PORT }];
  return {
    hub,
    hubInNetwork: `${hub}/${prefix}`,
    ingress: front,
    target,
    members: mapAll(placed, (one) => {
      const terminatesTls = one.tunnelAddress === target;
      // To its proxy, where TLS ends elsewhere, and to its database.
      const inner = [
        ...(terminatesTls ? [] : [asks(one.tunnelAddress)]),
        ...reads.filter(({ to }) => to === one.tunnelAddress),
      ];
      return { ...one, terminatesTls, inner, innerPorts: inner.map(({ port }) => port) };
    }),
    relayed: [...(target === undefined ? [] : [asks(anySpoke)]), ...reads],
  };
}
