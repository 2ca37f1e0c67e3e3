import * as pulumi from "@pulumi/pulumi";

import type { CloudflareZone, ZoneRecord } from "./cloudflare-zone";
import type { DnsEntry } from "./entries";
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

/** Characters of a comment at Cloudflare, of the plan that allows fewest. */
const COMMENT_LENGTH = 100;

/** The comment of every record that was made before comments named the stack. */
const OLD_MARK = "Managed by Homeport";

/** The comment by which a stack knows its records; `owner` is `project/stack`. */
export function recordMark(owner: string): string {
  return `${OLD_MARK} (${owner})`.slice(0, COMMENT_LENGTH);
}

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

/** `A www.example.org 198.51.100.10`. */
export function recordLine({ type, name, content }: Pick<ZoneRecord, "type" | "name" | "content">): string {
  return `${type} ${name} ${content}`;
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
