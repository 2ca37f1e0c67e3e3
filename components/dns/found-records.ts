import * as pulumi from "@pulumi/pulumi";

import type { CloudflareZone, ZoneRecord } from "./cloudflare-zone";
import type { DnsEntry } from "./entries";
import { OLD_MARK, recordLine, recordMark } from "./record-mark";
import { UserError } from "../errors";

/** What stands at the names of the site, sorted by whose it is. */
export interface FoundRecords {
  /** Made by this stack. */
  readonly ours: readonly ZoneRecord[];
  /** Made by somebody else, and in the way of an entry. */
  readonly foreign: readonly ZoneRecord[];
}

/** Records that lead visitors somewhere; a name of the site has one of ours only. */
const LEADING: readonly string[] = ["A", "AAAA", "CNAME"];

/** Sorts what was found. Records of other types (mail, proofs of ownership) and CAA records at names without one of ours are nobody's business. */
export function sortRecords(found: readonly ZoneRecord[], entries: readonly DnsEntry[], owner: string): FoundRecords {
  const isOurs = ({ comment }: ZoneRecord): boolean => comment === recordMark(owner) || comment === OLD_MARK;
  const inTheWay = found.filter((record) => entries.some((entry) => meets(record, entry)));
  return { ours: inTheWay.filter(isOurs), foreign: inTheWay.filter((record) => !isOurs(record)) };
}

function meets(record: ZoneRecord, entry: DnsEntry): boolean {
  if (record.name.toLowerCase() !== entry.name) return false;
  return entry.type === "A" ? LEADING.includes(record.type) : record.type === entry.type;
}

/** The refusal of a stack that may not take over: each record, and what to do. */
function foreignRecordsError(foreign: readonly ZoneRecord[]): UserError {
  const lines = foreign.map((record) => {
    const comment = record.comment === "" ? "" : ` ("${record.comment}")`;
    return `  ${recordLine(record)}${comment}\n`;
  });
  return new UserError(
    `dns: ${foreign.length} record(s) at the site's names were made by somebody else:\n${lines.join("")}` +
      "remove them at Cloudflare, or set dns/adopt to true, which replaces exactly these",
  );
}

/**
 * What stands at the names of the entries, sorted. Somebody else's records are an error, or with `adopt` a warning that names them.
 * Runs at preview as well as at up, before anything is changed.
 */
export async function lookAtRecords(
  zone: CloudflareZone | undefined,
  entries: readonly DnsEntry[],
  owner: string,
  adopt: boolean,
): Promise<FoundRecords> {
  const names = [...new Set(entries.map(({ name }) => name))];
  const found = sortRecords((await zone?.records(names)) ?? [], entries, owner);
  if (found.foreign.length > 0) {
    if (!adopt) throw foreignRecordsError(found.foreign);
    await pulumi.log.warn(`dns: replaces what somebody else made: ${found.foreign.map(recordLine).join("; ")}`);
  }
  return found;
}
