import { UserError } from "./errors";

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

/** An IPv4 address of a number. */
export function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
