import { UserError } from "../lib/errors";
import { formatAddress, parseAddress, parseCidr } from "../lib/cidr";
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

/** Addresses that servers were given before, by name; those of other networks are ignored. */
export type GivenAddresses = ReadonlyMap<string, string>;

/**
 * The addresses of a tunnel of one hub and servers of these names within `cidr`. A server keeps the one that it was given before, whoever comes, goes or
 * is first. A new stack's first server has the second address, the others' derive from their names. A new server takes that of one that leaves only where
 * no other is free.
 */
export function addressPlan(cidr: string, names: readonly string[], given: GivenAddresses = new Map()): AddressPlan {
  const { base, prefix } = parseCidr(cidr);
  // Without network and broadcast address.
  const room = 2 ** (32 - prefix) - 2;
  if (names.length + 1 > room)
    throw new UserError(
      `${cidr}: has room for ${Math.max(room, 0)} machines, and the stack has ${names.length + 1}: choose a larger network`,
    );
  const places = room - 1;
  const before = [...given]
    .map(([name, address]) => ({ name, place: parseAddress(address) - base - 2 }))
    .filter(({ place }) => place >= 0 && place < places);
  const taken = new Map(before.filter(({ name }) => names.includes(name)).map(({ name, place }) => [name, place]));
  const leaving = before.filter(({ name }) => !names.includes(name)).map(({ place }) => place);
  const spokes = names.map((name, index) => {
    const place = taken.get(name) ?? freePlace(candidates(name, index === 0, places), [...taken.values()], leaving);
    taken.set(name, place);
    return formatAddress(base + 2 + place);
  });
  return {
    prefix,
    hub: formatAddress(base + 1),
    spokes,
    anySpoke: `${formatAddress(base + 2)}-${formatAddress(base + room)}`,
  };
}

// Places of servers count from 0, which no name leads to: it is a new stack's first server's.
function* candidates(name: string, first: boolean, places: number): Generator<number, void> {
  if (first) yield 0;
  const wanted = Number.parseInt(sha256(name).slice(0, 8), 16);
  for (let step = 0; step < places - 1; step += 1) yield 1 + ((wanted + step) % (places - 1));
  if (!first) yield 0;
}

// There are fewer servers than places, but perhaps not fewer than places with those that leave.
function freePlace(wanted: Iterable<number>, taken: readonly number[], leaving: readonly number[]): number {
  let second: number | undefined;
  for (const place of wanted) {
    if (taken.includes(place)) continue;
    if (!leaving.includes(place)) return place;
    second ??= place;
  }
  return second ?? 0;
}
