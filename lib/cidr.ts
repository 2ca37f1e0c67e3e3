import { UserError } from "./errors";

/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** An IPv4 address as a number. */
export function parseAddress(text: string): number {
  const value = valueOf(text);
  if (value === undefined) throw new UserError(`${text} is not an IPv4 address such as 198.51.100.10`);
  return value;
}

/** An IPv4 address as text. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** A network such as `10.77.0.0/24`; an address inside it instead of its first one is refused. */
export function parseCidr(text: string): Cidr {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const base = valueOf(address);
  const prefix = Number(length);
  if (base === undefined || prefix > 32) throw new UserError(`${text} is not an IPv4 network such as 10.77.0.0/24`);
  const beyond = base % sizeOf({ base, prefix });
  if (beyond !== 0) {
    throw new UserError(`${text} is an address inside a network: write ${formatAddress(base - beyond)}/${prefix}`);
  }
  return { base, prefix };
}

/** A network as text. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

/** How many addresses a network has. */
export function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/** Whether two networks have an address in common. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

function valueOf(address: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined;
  const octets = address.split(".").map(Number);
  return octets.some((octet) => octet > 255) ? undefined : octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
