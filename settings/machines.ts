import { formatCidr, overlaps, parseCidr } from "../lib/cidr";
import { Refuse } from "./rules";

/** A machine's ssh endpoint. */
interface Login {
  readonly address: string;
  readonly port: number;
}

/** The machines of a stack. */
interface Machines {
  readonly edge: Login;
  readonly servers: readonly (Login & { readonly name: string; readonly replicas: number })[];
}

/** The edge's name among the machines. */
export const EDGE_NAME = "vps";

/** Refuses a first server without containers, and names that are taken. */
export function refuseServers({ servers }: Pick<Machines, "servers">, refuse: Refuse): void {
  if (servers[0]?.replicas === 0)
    refuse(
      ["servers", 0, "replicas"],
      "0 is too few: the first server runs the release commands and jobs, so it needs 1 or more",
    );
  const names = [EDGE_NAME];
  for (const [index, { name }] of servers.entries()) {
    if (names.includes(name))
      refuse(["servers", index, "name"], `${name} is the name of another machine already: choose another`);
    names.push(name);
  }
}

/**
 * Refuses a machine listed twice: each entry has its own firewall, and the later would replace the earlier one's. Two ports of one address can be two machines
 * behind a router. Host keys prove nothing: cards written from one image can share them.
 */
export function refuseSameMachine({ edge, servers }: Machines, refuse: Refuse): void {
  const known = new Map([[place(edge), "the edge"]]);
  for (const [index, server] of servers.entries()) {
    const at = place(server);
    const other = known.get(at);
    if (other === undefined) known.set(at, server.name);
    else
      refuse(
        ["servers", index, "address"],
        `${server.address} (port ${server.port}) is already used by ${other}: a machine has one role only`,
      );
  }
}

/**
 * Refuses a tunnel whose network has the address of a machine in it, which would then be looked for in the tunnel, or that Docker's own networks are taken from
 * (moby, daemon/libnetwork/ipamutils: 172.17.0.0/16 is docker0).
 */
export function refuseTunnelNetwork(
  { edge, servers, tunnel }: Machines & { readonly tunnel: { readonly network: string } },
  refuse: Refuse,
): void {
  const network = networkOf(tunnel.network);
  if (network === undefined) return;
  const [held] = [{ name: "the edge", address: edge.address }, ...servers].filter(({ address }) => {
    const single = /^[\d.]+$/.test(address) ? networkOf(`${address}/32`) : undefined;
    return single !== undefined && overlaps(network, single);
  });
  if (held !== undefined)
    refuse(
      ["tunnel", "network"],
      `${tunnel.network} has the address of ${held.name} in it (${held.address}): choose a network that you use nowhere, such as 10.77.0.0/24`,
    );
  const docker = parseCidr(DOCKER_BRIDGE);
  if (overlaps(network, docker))
    refuse(
      ["tunnel", "network"],
      `${tunnel.network} overlaps with Docker's own network ${formatCidr(docker)}: choose one that you use nowhere, such as 10.77.0.0/24`,
    );
}

const DOCKER_BRIDGE = "172.17.0.0/16";

function networkOf(text: string) {
  try {
    return parseCidr(text);
  } catch {
    return undefined;
  }
}

function place({ address, port }: Login): string {
  return `${address.toLowerCase()} ${port}`;
}
