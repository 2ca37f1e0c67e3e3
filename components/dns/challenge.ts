/** DNS-01: records in a zone at Cloudflare, not an answer on port 80, prove to the authority that a name is ours. */
export interface DnsChallenge {
  /** The domain that has one certificate for itself and every name directly below it; undefined: each name has its own. */
  readonly wildcard: string | undefined;
  /** Of another server with Cloudflare's API; undefined: Cloudflare's own. */
  readonly apiUrl: string | undefined;
}

/** The settings that say how names are proven. */
interface Proof {
  readonly domain: string;
  readonly tls: { readonly challenge: "http-01" | "dns-01"; readonly wildcard: boolean };
  readonly dns: { readonly provider: string; readonly apiUrl?: string | undefined };
}

/** The challenge of a site; undefined: HTTP-01. */
export function dnsChallenge({ domain, tls: { challenge, wildcard }, dns }: Proof): DnsChallenge | undefined {
  if (challenge === "http-01") return undefined;
  return { wildcard: wildcard ? domain : undefined, apiUrl: dns.apiUrl };
}
