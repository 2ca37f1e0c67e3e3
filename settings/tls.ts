import { z } from "zod";

import { Refuse } from "./rules";
import { formed, webUrl, wholeNumber } from "./values";
import { certificateFile } from "./user-files";

/** The authority that signs the certificates, and how control of the names is proved. */
export const tls = z.strictObject({
  directory: z
    .union([z.enum(["staging", "production"]), webUrl.describe("the URL of an ACME directory")])
    .default("staging"),
  email: z.email().describe("an e-mail address"),
  caFile: certificateFile.optional(),
  profile: formed(/^[a-z0-9-]+$/, "the name of a certificate profile, such as shortlived").optional(),
  lifetimeHours: wholeNumber(1).optional(),
  caaIssuer: formed(/^[a-z0-9.-]+$/, "a CA's name in CAA records, such as letsencrypt.org").optional(),
  challenge: z.enum(["http-01", "dns-01"]).default("http-01"),
  wildcard: z.boolean().default(false),
});

/** Refuses a challenge that cannot succeed; `dnsToken` is the secret setting of that name. */
export function refuseChallenge(
  { tls: { challenge, wildcard }, dnsToken }: { readonly tls: z.output<typeof tls>; readonly dnsToken?: unknown },
  refuse: Refuse,
): void {
  if (wildcard && challenge !== "dns-01")
    refuse(["tls", "wildcard"], "needs tls.challenge dns-01: no authority issues a wildcard by http-01");
  if (challenge === "dns-01" && dnsToken === undefined)
    refuse(
      ["dnsToken"],
      "is required with tls.challenge dns-01: set it with 'pulumi config set --secret dnsToken TOKEN'; it needs the permissions Zone / DNS / Edit and Zone / Zone / Read for the zone",
    );
}
