import { UserError } from "./errors";

/** The tunnel's addresses: the hub (edge) is the first of the network, server i the one after. */
export interface AddressPlan {
  /** Prefix length of the tunnel network, bits. */
  readonly prefix: number;
  readonly hub: string;
  /** The address of server `index`, from 0. */
  readonly spoke: (index: number) => string;
}

/** Splits `10.77.0.0/24` into its network address as a number and its prefix length. */
export function parseCidr(cidr: string): { readonly base: number; readonly prefix: number } {
  const [, address, bits] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const octets = address?.split(".").map(Number) ?? [];
  const prefix = Number(bits);
  if (octets.length !== 4 || octets.some((octet) => octet > 255) || prefix > 32) {
    throw new UserError(`${cidr}: not an IPv4 network such as 10.77.0.0/24`);
  }
  const size = 2 ** (32 - prefix);
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (value % size !== 0)
    throw new UserError(`${cidr}: host bits are set; the network is ${dotted(value - (value % size))}/${prefix}`);
  return { base: value, prefix };
}

/** The addresses of a tunnel of one hub and `spokes` servers within `cidr`. */
export function addressPlan(cidr: string, spokes: number): AddressPlan {
  const { base, prefix } = parseCidr(cidr);
  // Network and broadcast address are no hosts.
  const room = 2 ** (32 - prefix) - 2;
  if (spokes + 1 > room)
    throw new UserError(`${cidr}: has room for ${Math.max(room, 0)} machines, ${spokes + 1} are needed`);
  return { prefix, hub: dotted(base + 1), spoke: (index) => dotted(base + 2 + index) };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
