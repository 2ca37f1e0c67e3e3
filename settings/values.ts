import { z } from "zod";

import { parseCidr } from "../lib/cidr";

/** A non-empty text. */
export const text = z.string().min(1);

/** A TCP or UDP port. */
export const port = z.number().int().min(1).max(65535);

/** A time of a second or more. */
export const seconds = z.number().int().min(1);

/** A name of the DNS, in lower case (RFC 1035, section 2.3.1). */
export const hostName = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, "not a domain name in lower case");

/** An IPv4 network, such as 10.77.0.0/24. */
export const cidr = z.string().superRefine((value, context) => {
  try {
    parseCidr(value);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});

/** A port with its protocol, such as 53/udp. */
export const openPort = z
  .string()
  .refine(
    (value) => /^[1-9]\d{0,4}\/(tcp|udp)$/.test(value) && Number.parseInt(value, 10) <= 65535,
    "not a port such as 53/udp",
  );

/** A host's public key, as ssh-keyscan writes it. */
export const publicKey = z
  .string()
  .regex(
    /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+$/,
    "not a host key such as 'ssh-ed25519 AAAA...' (see: ssh-keyscan)",
  );

/** Server platforms, as Docker names them. */
export const platforms = z.enum(["linux/arm/v7", "linux/arm64", "linux/amd64"]);
