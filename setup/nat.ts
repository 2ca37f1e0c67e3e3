import { Cidr, overlaps, parseAddress, parseCidr } from "../lib/cidr";

/** How a home reaches the internet. */
export interface Nat {
  readonly kind: "carrier-grade" | "double" | "one router" | "unknown";
  /** A sentence for a person. */
  readonly says: string;
}

/** Shared address space of carriers (RFC 6598, section 7). */
const CARRIER = parseCidr("100.64.0.0/10");

/** Private networks (RFC 1918, section 3). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseCidr);

/** What the first routers on the way to the VPS say of the home; `hops`: their addresses, the nearest first, undefined for one that was silent. */
export function natOf(hops: readonly (string | undefined)[]): Nat {
  const known = hops.filter((hop) => hop !== undefined);
  if (known.some((hop) => contains(CARRIER, hop)))
    return {
      kind: "carrier-grade",
      says: "the home is behind carrier-grade NAT: nobody can open a port to it, and nobody has to",
    };
  const behind = known.slice(1).filter((hop) => PRIVATE.some((network) => contains(network, hop)));
  if (behind.length > 0)
    return {
      kind: "double",
      says: "the home is behind a second router or its provider's NAT: no port can be opened to it, and none has to be",
    };
  if (known.length < 2)
    return { kind: "unknown", says: "how the home reaches the internet is unknown, and does not matter here" };
  return { kind: "one router", says: "the home is behind one router; no port is opened on it" };
}

function contains(network: Cidr, address: string): boolean {
  return overlaps(network, { base: parseAddress(address), prefix: 32 });
}
