import { sha256 } from "../sha256";

/** What the probe found on a host. */
export type Observation =
  | { readonly reached: false; readonly reason: string }
  | {
      readonly reached: true;
      /** The revision to tell the host: the one it has, unless it is bare or something has drifted. */
      readonly revision: string;
      /** What is not as the host was told, a sentence each. */
      readonly found: readonly string[];
    };

/** Findings named in a revision; more are counted. A revision is one line in a preview. */
const FINDINGS_NAMED = 8;

/** Characters of one finding; a changed firewall rule fits, a file that grew does not. */
const FINDING_LENGTH = 160;

/**
 * Reads what `scripts/probe.sh` wrote.
 * In sync, the host's own revision is handed back, so that nothing changes. Drifted, a new revision is made of what was found: the host will
 * keep it as the new one, so the repair shows in the preview by name and is not followed by an empty second update.
 */
export function readObservation(text: string, owner: string): Observation {
  const [status, ...rest] = text.split("\n");
  if (status !== "reached") return { reached: false, reason: rest.join(" ").trim() };

  const found: string[] = [];
  let machine = "";
  let revision: string | undefined;
  let ours = true;
  for (const line of rest) {
    const [word = "", ...words] = line.split(" ");
    const value = words.join(" ");
    if (word === "machine") machine = value;
    else if (word === "bundle") ours = words[1] === owner;
    else if (word === "revision" && ours) revision ??= value;
    else if (word === "found" && ours) found.push(value.slice(0, FINDING_LENGTH));
  }
  if (revision === undefined) return { reached: true, revision: `first told to machine ${machine}`, found };
  return { reached: true, revision: found.length === 0 ? revision : driftedRevision(revision, found), found };
}

function driftedRevision(revision: string, found: readonly string[]): string {
  const digest = sha256([revision, ...found].join("\n")).slice(0, 12);
  const more = found.length - FINDINGS_NAMED;
  const named = found.slice(0, FINDINGS_NAMED).join("; ");
  return `${digest} found: ${named}${more > 0 ? `; and ${more} more` : ""}`;
}
