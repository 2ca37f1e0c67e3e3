import { isIPv6 } from "node:net";

import { z } from "zod";

import { parseCidr } from "../lib/cidr";
import { messageOf } from "../lib/errors";
import { ANY_TEXT } from "./allowed";
import { correctedName, NAME } from "./host-names";
import { hostKeyOf } from "./host-key";

/*
 * Each kind of value says in `describe` what is allowed; faults.ts makes the sentence of it: `edge.port: "x" is not a whole number from 1 to 65535`.
 * `describe` comes last, because another check would lose it.
 */

/** A text of a form. `allowed`: what it is, with an article and an example. */
export function formed(pattern: RegExp, allowed: string): z.ZodString {
  return z.string().regex(pattern).describe(allowed);
}

/** A whole number within bounds; without `most` there is no upper one. */
export function wholeNumber(least: number, most?: number): z.ZodInt {
  return most === undefined ? z.int().min(least) : z.int().min(least).max(most);
}

/** A non-empty text. */
export const text = z.string().min(1).describe(ANY_TEXT);

/** A path on the workstation; `~/` is the home directory. */
export const filePath = formed(/^(?!\s*-----|~[^/])[^\n\0]+$/, "a path such as ~/site");

/** A TCP or UDP port. */
export const port = wholeNumber(1, 65535);

/** A time of day; `example`: one, and whose clock it is by. */
export function timeOfDay(example: string): z.ZodString {
  return formed(/^([01]\d|2[0-3]):[0-5]\d$/, `a time such as ${example}`);
}

/** A time of a second or more. */
export const seconds = wholeNumber(1);

/** A name of the DNS, as it has it. */
export const hostName = z
  .string()
  .superRefine((value, context) => {
    if (NAME.test(value)) return;
    const written = correctedName(value);
    const advice = written !== undefined && NAME.test(written) ? `: write ${written}` : " such as example.org";
    context.addIssue({ code: "custom", message: `is not a domain name${advice}` });
  })
  .describe("a domain name such as example.org");

/** An IPv4 network, such as 10.77.0.0/24. */
export const cidr = z
  .string()
  .superRefine((value, context) => {
    try {
      parseCidr(value);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error).slice(value.length + 1) });
    }
  })
  .describe("an IPv4 network such as 10.77.0.0/24");

/** A port with its protocol, such as 53/udp. */
export const openPort = formed(
  /^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])\/(tcp|udp)$/,
  "a port with its protocol, such as 53/udp",
);

/** The address of a machine: IPv4 or a name; anything else could be read as an option or another word by ssh. */
export const machineAddress = z
  .string()
  .regex(/^[A-Za-z0-9:[]/)
  .superRefine((value, context) => {
    if (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$/.test(value)) return;
    const message = isIPv6(value.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, ""))
      ? "is an IPv6 address: give the machine's IPv4 address, or a name, which may lead to either"
      : "is not an address such as 192.168.1.101, or a name";
    context.addIssue({ code: "custom", message });
  })
  .describe("an address such as 192.168.1.101, or a name");

/** A user of a machine (useradd(8)). */
export const loginName = formed(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, "a user name such as pi");

/** A host's public key, in any form in which it is shown to people; kept as `TYPE KEY`. */
export const publicKey = z
  .string()
  .transform((value, context) => {
    const read = hostKeyOf(value);
    if (read.fault === undefined) return read.key;
    context.addIssue({ code: "custom", message: read.fault });
    return z.NEVER;
  })
  .describe("a host key such as 'ssh-ed25519 AAAA...' (ssh-keyscan -t ed25519 ADDRESS)");

/** Server platforms, as Docker names them. */
export const platforms = z.enum(["linux/arm/v7", "linux/arm64", "linux/amd64"]);

/** A URL of the web, without a login in it. */
export const webUrl = z
  .url({ protocol: /^https?$/ })
  .refine((value) => !/^[^/]*\/\/[^/]*@/.test(value), "has a login in it: take it out")
  .describe("a URL such as https://example.org");
