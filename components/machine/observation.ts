import { sha256 } from "../../lib/sha256";
import { readAnswers } from "./protocol";

/** What the probe found on a host. */
export type Observation =
  | {
      readonly reached: false;
      /** What stood in the way. Somebody has to mend all but a host that is away, and that may be back by itself. */
      readonly failure: "away" | "host key" | "login" | "sudo";
      /** In the words of ssh, or of the host. */
      readonly reason: string;
    }
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

/** By what ssh (OpenSSH 8 to 10) and sudo say, in this order: a refused login can have been preceded by nothing else. */
const FAILURES = [
  { failure: "host key", said: /host key verification failed|no matching host key type/i },
  { failure: "sudo", said: /\bsudo: |not in the sudoers|homeport: needs root/ },
  {
    failure: "login",
    said: /permission denied \(|too many authentication failures|please login as the user|password.* expired|account is (currently not available|expired)/i,
  },
] as const;

/** The one sentence of ssh's warning that helps: what to compare with the machine's own console. */
const SHOWN_KEY = /The fingerprint for the \S+ key sent by the remote host is SHA256:[\w+/=]+/;

/** Characters of a reason; ssh's warning of another host key is a screenful. */
const REASON_LENGTH = 400;

/**
 * Reads what `scripts/probe.sh` wrote.
 * In sync, the host's own revision is handed back, so that nothing changes. Drifted, a new revision is made of what was found: the host will
 * keep it as the new one, so the repair shows in the preview by name and is not followed by an empty second update.
 */
export function readObservation(text: string, owner: string): Observation {
  const [status, ...rest] = text.split("\n");
  if (status !== "reached") return unreached(rest);

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
  const told = revision ?? `first told to machine ${machine}`;
  return { reached: true, revision: found.length === 0 ? told : driftedRevision(told, found), found };
}

function unreached(lines: readonly string[]): Observation {
  const words = lines
    // The frames and capitals of ssh's warnings.
    .filter((line) => !/^@|^\s*$/.test(line))
    .join(" ")
    .trim();
  const failure = FAILURES.find(({ said }) => said.test(words))?.failure ?? "away";
  const [reason = words.slice(-REASON_LENGTH)] = SHOWN_KEY.exec(words) ?? [];
  return { reached: false, failure, reason };
}

function driftedRevision(revision: string, found: readonly string[]): string {
  const digest = sha256([revision, ...found].join("\n")).slice(0, 12);
  const more = found.length - FINDINGS_NAMED;
  const named = found.slice(0, FINDINGS_NAMED).join("; ");
  return `${digest} found: ${named}${more > 0 ? `; and ${more} more` : ""}`;
}
