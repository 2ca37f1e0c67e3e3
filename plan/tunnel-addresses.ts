import { UserError } from "../lib/errors";
import { formatAddress, parseCidr } from "../lib/cidr";
import { sha256 } from "../lib/sha256";

/** The tunnel's addresses. */
export interface AddressPlan {
  /** Prefix length of the tunnel network, bits. */
  readonly prefix: number;
  /** Of the edge: the first of the network. */
  readonly hub: string;
  /** Of each server, in the order of their names. */
  readonly spokes: readonly string[];
  /** All that a server may ever have, first and last with a hyphen between. */
  readonly anySpoke: string;
}

/**
 * The addresses of a tunnel of one hub and servers of these names within `cidr`. The first server has the second address. The others' derive from their
 * names, so that removing a server does not move the others.
 */
export function addressPlan(cidr: string, names: readonly string[]): AddressPlan {
  const { base, prefix } = parseCidr(cidr);
  // Without network and broadcast address.
  const room = 2 ** (32 - prefix) - 2;
  if (names.length + 1 > room)
    throw new UserError(
      `${cidr}: has room for ${Math.max(room, 0)} machines, and the stack has ${names.length + 1}: choose a larger network`,
    );
  const taken: number[] = [];
  for (const name of names) taken.push(taken.length === 0 ? 0 : freePlace(name, room - 1, taken));
  return {
    prefix,
    hub: formatAddress(base + 1),
    spokes: taken.map((place) => formatAddress(base + 2 + place)),
    anySpoke: `${formatAddress(base + 2)}-${formatAddress(base + room)}`,
  };
}

// Places of servers count from 0, which is the first server's. Of as many candidates as are taken one is free, because the first server's is none of them.
function freePlace(name: string, places: number, taken: readonly number[]): number {
  const wanted = Number.parseInt(sha256(name).slice(0, 8), 16);
  const next = Array.from(taken, (_, step) => 1 + ((wanted + step) % (places - 1)));
  return next.find((place) => !taken.includes(place)) ?? 0;
}
