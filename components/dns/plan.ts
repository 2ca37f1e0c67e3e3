import type * as pulumi from "@pulumi/pulumi";

import { isProxied } from "./cloudflare-ranges";
import { UserError } from "../../lib/errors";
import { DnsEntry, siteEntries, SiteNames } from "./entries";
import { edgeAddress } from "./edge-address";
import { lookAtRecords, Look } from "./found-records";
import type { StateOfRecords } from "./known-records";
import type { ZoneAccess } from "./zone-reader";

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
      readonly proxied: boolean;
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
  /** What the stack's state knew of records before this run. */
  readonly state: StateOfRecords;
}

/** What to do with the records of the site. */
export interface DnsPlan {
  readonly entries: readonly DnsEntry[];
  /** Undefined: you enter the records yourself. */
  readonly hosted: HostedRecords | undefined;
}

/** Records that the program manages. */
export interface HostedRecords {
  readonly zone: ZoneAccess;
  /** As observed before this run changed anything. */
  readonly found: Look;
  readonly owner: string;
  /** Seconds. */
  readonly ttlSeconds: number;
  /** Whether `found.foreign` may be replaced. */
  readonly adopt: boolean;
  /** Whether visitors reach the site through Cloudflare's own proxy. */
  readonly proxied: boolean;
}

/** Makes the plan: existing records are read before anything is changed, at preview as well as at up. */
export async function planRecords({ domain, hosts, edge, issuer, dns, owner, state }: DnsPlanArgs): Promise<DnsPlan> {
  if (isProxied(dns) && hosts.includes(edge)) throw tunnelThroughProxy(edge);
  const site = { domain, hosts, address: await edgeAddress(edge), issuer };
  if (dns.provider === "none") return { entries: siteEntries({ ...site, caa: "names" }), hosted: undefined };
  const { caa, adopt, ttlSeconds, proxied } = dns;
  const entries = siteEntries({ ...site, caa });
  const found = await lookAtRecords(dns, entries, owner, adopt, state);
  return { entries, hosted: { zone: dns, found, owner, ttlSeconds, adopt, proxied } };
}

// Cloudflare forwards HTTP and no WireGuard; and the record would point to itself.
function tunnelThroughProxy(edge: string): UserError {
  return new UserError(
    `edge.address: ${edge} is a name of the site, and with dns.proxied it resolves to Cloudflare, where no tunnel ends: ` +
      "set the edge's IPv4 address, or another name for it",
  );
}
