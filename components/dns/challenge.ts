/** DNS-01: how the authority is shown by records, not by an answer on port 80, that a name is ours. The records are in zones at Cloudflare. */
export interface DnsChallenge {
  /** The domain that has one certificate for itself and every name directly below it; undefined: each name has its own. */
  readonly wildcard: string | undefined;
  /** Of another server with Cloudflare's API; undefined: Cloudflare's own. */
  readonly apiUrl: string | undefined;
}

/** What of the settings says how names are proven. */
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
