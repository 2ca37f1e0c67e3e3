import type * as pulumi from "@pulumi/pulumi";

import { CloudflareZone } from "./cloudflare-zone";
import { DnsEntry, siteEntries, SiteNames } from "./entries";
import { edgeAddress } from "./edge-address";
import { FoundRecords, lookAtRecords } from "./found-records";

/** Where the records are kept. */
export type DnsSettings = { readonly apiToken: pulumi.Output<string> | undefined } & (
  | { readonly provider: "none" }
  | {
      readonly provider: "cloudflare";
      readonly zoneId: string;
      readonly apiUrl?: string | undefined;
      readonly ttlSeconds: number;
      readonly caa: SiteNames["caa"];
      readonly adopt: boolean;
    }
);

export interface DnsPlanArgs {
  readonly domain: string;
  readonly hosts: readonly string[];
  /** Address or name of the edge. */
  readonly edge: string;
  readonly issuer: string | undefined;
  readonly dns: DnsSettings;
  /** `project/stack`. */
  readonly owner: string;
}

/** What to do with the records of the site. */
export interface DnsPlan {
  readonly entries: readonly DnsEntry[];
  /** Undefined: a person enters the records. */
  readonly hosted: HostedRecords | undefined;
}

/** Records that the program keeps itself. */
export interface HostedRecords {
  readonly zone: CloudflareZone;
  /** What was there before this run changed anything. */
  readonly found: FoundRecords;
  readonly owner: string;
  /** Seconds. */
  readonly ttlSeconds: number;
  /** Whether `found.foreign` may be replaced. */
  readonly adopt: boolean;
}

/** Makes the plan: what is there already is looked at before anything is changed, at preview as well as at up. */
export async function planRecords(
  name: string,
  { domain, hosts, edge, issuer, dns, owner }: DnsPlanArgs,
): Promise<DnsPlan> {
  const site = { domain, hosts, address: await edgeAddress(edge), issuer };
  if (dns.provider === "none") return { entries: siteEntries({ ...site, caa: "names" }), hosted: undefined };
  const { caa, adopt, ttlSeconds } = dns;
  const entries = siteEntries({ ...site, caa });
  const zone = new CloudflareZone(`${name}-zone`, dns);
  const found = await lookAtRecords(zone, entries, owner, adopt);
  return { entries, hosted: { zone, found, owner, ttlSeconds, adopt } };
}
