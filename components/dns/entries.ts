/** One record of the site, with its full name; `content` is its value as a zone file has it. */
export type DnsEntry =
  | { readonly type: "A"; readonly name: string; readonly content: string }
  | { readonly type: "CAA"; readonly name: string; readonly content: string; readonly issuer: string };

/** What the records of a site are made of. */
export interface SiteNames {
  readonly domain: string;
  /** Names under which the site answers. */
  readonly hosts: readonly string[];
  /** The edge's IPv4 address. */
  readonly address: string;
  /**
   * Names that get a CAA record: `names` all but the domain itself, `domain` all, `none` no name. A CAA record binds every name below its own
   * that has none (RFC 8659, 3), so one at the domain would bind your other subdomains, too.
   */
  readonly caa: "names" | "domain" | "none";
  /** The only authority that may issue certificates; undefined: no CAA record is made. */
  readonly issuer: string | undefined;
}

/** The records of the site: an A record for each name, then the CAA records. No AAAA: nothing forwards IPv6 to the server. */
export function siteEntries({ domain, hosts, address, caa, issuer }: SiteNames): DnsEntry[] {
  const bound = hosts.filter((host) => caa === "domain" || (caa === "names" && host !== domain));
  return [
    ...hosts.map((name): DnsEntry => ({ type: "A", name, content: address })),
    ...(issuer === undefined
      ? []
      : bound.map((name): DnsEntry => ({ type: "CAA", name, content: `0 issue "${issuer}"`, issuer }))),
  ];
}

/** The name of Let's Encrypt in CAA records (https://letsencrypt.org/docs/caa/). */
const LETS_ENCRYPT = "letsencrypt.org";

/**
 * The authority in CAA records: the one that is set, or Let's Encrypt if it issues the certificates, or none. Let's Encrypt is told by which challenge alone it may be asked
 * (RFC 8657, section 4): with DNS-01 whoever carries port 80 gets no certificate. Other authorities need not know that parameter.
 */
export function caaIssuer(tls: {
  readonly directory: string;
  readonly challenge: "http-01" | "dns-01";
  readonly caaIssuer?: string | undefined;
}): string | undefined {
  const known =
    ["staging", "production"].includes(tls.directory) ||
    new URL(tls.directory).hostname.endsWith(`.api.${LETS_ENCRYPT}`);
  return tls.caaIssuer ?? (known ? `${LETS_ENCRYPT}; validationmethods=${tls.challenge}` : undefined);
}
