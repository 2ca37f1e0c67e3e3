import { LabError } from "../errors";

/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** An IPv4 address as a number. */
export function parseAddress(text: string): number {
  const parts = text.split(".");
  const numbers = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : NaN));
  if (numbers.length !== 4 || numbers.some((part) => !(part <= 255))) {
    throw new LabError(`"${text}" is not an IPv4 address: expected something like 198.51.100.10`);
  }
  return numbers.reduce((sum, part) => sum * 256 + part, 0);
}

/** An IPv4 address as text. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** A network such as `198.51.100.0/24`; an address inside it instead of its first one is refused. */
export function parseCidr(text: string): Cidr {
  const [address = "", length = "", ...more] = text.split("/");
  const prefix = /^\d{1,2}$/.test(length) ? Number(length) : NaN;
  if (!(prefix <= 32) || more.length > 0) {
    throw new LabError(`"${text}" is not an IPv4 network: expected something like 198.51.100.0/24`);
  }
  const base = parseAddress(address);
  if (base % sizeOf({ base, prefix }) !== 0) {
    const first = formatAddress(base - (base % sizeOf({ base, prefix })));
    throw new LabError(
      `"${text}" is an address inside a network: write the network's first address, ${first}/${prefix}`,
    );
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
