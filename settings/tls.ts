import { z } from "zod";

import { text } from "./values";

/** The authority that signs the certificates, and how control of the names is proved. */
export const tls = z.strictObject({
  directory: z
    .union([
      z.enum(["staging", "production"]),
      z.url("neither staging nor production nor the URL of an ACME directory"),
    ])
    .default("staging"),
  email: z.email(),
  caFile: text.optional(),
  profile: z
    .string()
    .regex(/^[a-z0-9-]+$/, "not the name of a certificate profile")
    .optional(),
  lifetimeHours: z.number().int().min(1).optional(),
  caaIssuer: z
    .string()
    .regex(/^[a-z0-9.-]+$/, "not a CA's name in CAA records")
    .optional(),
  challenge: z.enum(["http-01", "dns-01"]).default("http-01"),
  wildcard: z.boolean().default(false),
});

/** Refuses a challenge that cannot succeed; `dnsToken` is the secret setting of that name. */
export function refuseChallenge(
  { tls: { challenge, wildcard }, dnsToken }: { readonly tls: z.output<typeof tls>; readonly dnsToken?: unknown },
  refuse: (path: string[], message: string) => void,
): void {
  if (wildcard && challenge !== "dns-01")
    refuse(["tls", "wildcard"], "needs tls.challenge dns-01: no authority issues a wildcard by http-01");
  if (challenge === "dns-01" && dnsToken === undefined)
    refuse(
      ["dnsToken"],
      "is required with tls.challenge dns-01: set it with 'pulumi config set --secret dnsToken TOKEN'; it needs the permissions Zone / DNS / Edit and Zone / Zone / Read for the zone",
    );
}
