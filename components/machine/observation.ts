import { sha256 } from "../../lib/sha256";
import { readAnswers } from "./protocol";
import { readFailure, SshFailure } from "./ssh-failure";

/** What the probe observed on a host. */
export type Observation =
  | SshFailure
  | {
      readonly reached: true;
      /** The revision to apply: the host's own, unless it is new or has drifted. */
      readonly revision: string;
      /** What has drifted, a sentence each. */
      readonly found: readonly string[];
    };

/** Findings listed in a revision; the rest are counted. A revision is one line in a preview. */
const FINDINGS_NAMED = 8;

/** Characters of one finding; a changed firewall rule fits, a file that grew does not. */
const FINDING_LENGTH = 160;

/**
 * Reads the output of `scripts/probe.sh`.
 * In sync, the revision is the host's own, so nothing changes. Drifted, it is derived from the findings: preview shows them, the repair stores it on the
 * host, and no empty second update follows.
 */
export function readObservation(text: string, owner: string): Observation {
  const [status, ...rest] = text.split("\n");
  if (status !== "reached") return readFailure(codeOf(status), rest.join("\n"));

  const found: string[] = [];
  let machine = "";
  let revision: string | undefined;
  let ours = true;
  for (const line of readAnswers(rest.join("\n")).lines) {
    if (line.word === "machine") machine = `${line.id} at ${line.seconds}`;
    else if (line.word === "bundle") ours = line.owner === owner;
    else if (line.word === "revision" && ours) revision ??= line.text;
    else if (line.word === "found" && ours) found.push(line.sentence.slice(0, FINDING_LENGTH));
  }
  const applied = revision ?? `first applied to machine ${machine}`;
  return { reached: true, revision: found.length === 0 ? applied : driftedRevision(applied, found), found };
}

function codeOf(status = ""): number | undefined {
  const [, code] = /^failed (\d+)$/.exec(status) ?? [];
  return code === undefined ? undefined : Number(code);
}

function driftedRevision(revision: string, found: readonly string[]): string {
  const digest = sha256([revision, ...found].join("\n")).slice(0, 12);
  const more = found.length - FINDINGS_NAMED;
  const named = found.slice(0, FINDINGS_NAMED).join("; ");
  return `${digest} found: ${named}${more > 0 ? `; and ${more} more` : ""}`;
}
