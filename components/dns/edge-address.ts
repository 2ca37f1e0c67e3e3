import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";

import { UserError } from "../../lib/errors";

/** The IPv4 address that the site's A records say: the edge's own, or what its name resolves to now. */
export async function edgeAddress(address: string): Promise<string> {
  if (isIPv4(address)) return address;
  try {
    return (await lookup(address, { family: 4 })).address;
  } catch (error) {
    throw new UserError(
      `edge.address: ${address} does not resolve to an IPv4 address, which the site's A records need ` +
        `(${error instanceof Error ? error.message : String(error)}): correct the name, or set the address itself`,
    );
  }
}
