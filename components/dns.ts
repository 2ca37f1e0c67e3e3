import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

/** One record, with its full name. */
export interface DnsEntry {
  readonly type: "A";
  readonly name: string;
  readonly content: string;
}

/** Where the records are kept. */
export type DnsProvider =
  | { readonly provider: "none" }
  | {
      readonly provider: "cloudflare";
      readonly zoneId: string;
      readonly apiUrl?: string | undefined;
      readonly ttlSeconds: number;
      /** Undefined: the provider takes CLOUDFLARE_API_TOKEN. */
      readonly apiToken: pulumi.Output<string> | undefined;
    };

/** The records of the site at its DNS provider; with provider `none` they are only listed. */
export class Dns extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: { readonly entries: readonly DnsEntry[]; readonly dns: DnsProvider },
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("homeport:index:Dns", name, {}, opts);
    if (args.dns.provider === "cloudflare") cloudflareRecords(this, name, args.entries, args.dns);
    this.registerOutputs();
  }
}

/** One A record for each name of the site. */
export function siteEntries(hosts: readonly string[], address: string): DnsEntry[] {
  return hosts.map((host) => ({ type: "A", name: host, content: address }));
}

function cloudflareRecords(
  parent: Dns,
  name: string,
  entries: readonly DnsEntry[],
  dns: Extract<DnsProvider, { provider: "cloudflare" }>,
): void {
  const provider = new cloudflare.Provider(
    `${name}-cloudflare`,
    {
      ...(dns.apiUrl === undefined ? {} : { baseUrl: dns.apiUrl }),
      ...(dns.apiToken === undefined ? {} : { apiToken: dns.apiToken }),
    },
    { parent },
  );
  for (const entry of entries) {
    new cloudflare.DnsRecord(
      `${name}-${entry.type.toLowerCase()}-${entry.name}`,
      {
        zoneId: dns.zoneId,
        type: entry.type,
        name: entry.name,
        content: entry.content,
        ttl: dns.ttlSeconds,
        proxied: false,
        comment: "Managed by Homeport",
      },
      // The type alone replaces a record, and the provider refuses a second of the same name before the first is gone.
      { parent, provider, deleteBeforeReplace: true },
    );
  }
}
