import * as pulumi from "@pulumi/pulumi";

import type { DnsEntry } from "./entries";
import { KnownRecords, StateOfRecords } from "./known-records";
import { OLD_MARK, recordLine, recordMark } from "./record-mark";
import type { ZoneRecord } from "./zone-page";
import { recordsAt, ZoneAccess } from "./zone-reader";
import { UserError } from "../../lib/errors";

/** The records at the names of the site, sorted by owner. */
export interface FoundRecords {
  /** Created by this stack. */
  readonly ours: readonly ZoneRecord[];
  /** Those of ours that the state does not know, because it was lost, or a run was killed: Cloudflare refuses an identical record (81058), also to its own maker. */
  readonly orphaned: readonly ZoneRecord[];
  /** Created by others, and in the way of an entry. Cloudflare takes a second A record for a name, and visitors then get one or the other. */
  readonly foreign: readonly ZoneRecord[];
}

/** Records that point visitors somewhere; a name of the site has one of ours only. */
const LEADING: readonly string[] = ["A", "AAAA", "CNAME"];

/** Sorts what was found. Records of other types (mail, proofs of ownership) and CAA records at names without one of ours do not count. */
export function sortRecords(
  found: readonly ZoneRecord[],
  entries: readonly DnsEntry[],
  owner: string,
  /** Ids of the records that the state has; undefined: not known. */
  known?: readonly string[],
): FoundRecords {
  const isOrphaned = ({ id }: ZoneRecord): boolean => known !== undefined && !known.includes(id);
  // The old comment does not name the stack: a record that this state does not know may be another stack's.
  const isOurs = (record: ZoneRecord): boolean =>
    record.comment === recordMark(owner) || (record.comment === OLD_MARK && !isOrphaned(record));
  const inTheWay = found.filter((record) => entries.some((entry) => meets(record, entry)));
  const ours = inTheWay.filter(isOurs);
  return { ours, orphaned: ours.filter(isOrphaned), foreign: inTheWay.filter((record) => !isOurs(record)) };
}

function meets(record: ZoneRecord, entry: DnsEntry): boolean {
  if (record.name.toLowerCase() !== entry.name) return false;
  return entry.type === "A" ? LEADING.includes(record.type) : record.type === entry.type;
}

/** Each record that the stack may not replace, and what to do. */
function foreignRecordsError(foreign: readonly ZoneRecord[]): UserError {
  const lines = foreign.map((record) => {
    const comment = record.comment === "" ? "" : ` ("${record.comment}")`;
    return `  ${recordLine(record)}${comment}\n`;
  });
  return new UserError(
    `dns: ${foreign.length} record(s) at the site's names belong to others:\n${lines.join("")}` +
      "remove them at Cloudflare, or set dns.adopt to true, which replaces exactly these",
  );
}

/** What was found, and what this stack's state knows of it. */
export interface Look extends FoundRecords {
  /** Undefined: no record of ours was found, or the state could not be read. */
  readonly known: KnownRecords | undefined;
}

/**
 * The records at the names of the entries, sorted. Records of others are an error, or with `adopt` a warning that names them; orphaned ones
 * are a warning. Runs at preview as well as at up, before anything is changed.
 */
export async function lookAtRecords(
  zone: ZoneAccess,
  entries: readonly DnsEntry[],
  owner: string,
  adopt: boolean,
  state: StateOfRecords,
): Promise<Look> {
  const names = [...new Set(entries.map(({ name }) => name))];
  const all = await recordsAt(zone, names);
  const known = sortRecords(all, entries, owner).ours.length === 0 ? undefined : await readOrWarn(state);
  const found = sortRecords(all, entries, owner, known?.ids);
  if (found.orphaned.length > 0) {
    await pulumi.log.warn(
      `dns: recreates orphaned records, which this stack made and its state does not know: ${found.orphaned.map(recordLine).join("; ")}`,
    );
  }
  if (found.foreign.length > 0) {
    if (!adopt) throw foreignRecordsError(found.foreign);
    await pulumi.log.warn(`dns: replaces records of others: ${found.foreign.map(recordLine).join("; ")}`);
  }
  return { ...found, known };
}

async function readOrWarn(state: StateOfRecords): Promise<KnownRecords | undefined> {
  if (!("failure" in state)) return state;
  await pulumi.log.warn(
    `dns: cannot tell whether the state knows the records with this stack's comment, so none of them is replaced: ${state.failure}`,
  );
  return undefined;
}
