import { createHash } from "node:crypto";

import execa from "execa";

import { UserError } from "../lib/errors";
import { hostKeyOf } from "../settings";

/** A host's public key in both of its forms. */
export interface HostKey {
  /** As the settings take it: `ssh-ed25519 AAAA...`. */
  readonly line: string;
  /** As ssh and consoles show it: `SHA256:...`. */
  readonly fingerprint: string;
}

/** Types in the order of preference, as the settings take them. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

/** Time for a host to show its keys, seconds. */
const SCAN_SECONDS = 5;

/** The fingerprint of a key, as `ssh-keygen -l` shows it: SHA-256 of the key's blob in base64 without padding. */
export function fingerprint(blob: string): string {
  return `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "")}`;
}

/** The key in a line of ssh-keyscan, of known_hosts or of a `.pub` file; undefined: there is none of a type that the settings take. */
export function parseHostKey(line: string): HostKey | undefined {
  const { key } = hostKeyOf(line);
  return key === undefined ? undefined : { line: key, fingerprint: fingerprint(key.split(" ")[1] ?? "") };
}

/** The keys that a host shows over the network, the preferred first. Nothing is proven by them until a person has compared one. */
export async function hostKeysOf(address: string, port: number): Promise<HostKey[]> {
  const words = ["-T", String(SCAN_SECONDS), "-p", String(port), "-t", "ed25519,ecdsa", address];
  const {
    stdout = "",
    stderr = "",
    code,
  } = await execa("ssh-keyscan", words, { stdin: "ignore" }).then(
    (done) => ({ ...done, code: undefined }),
    (error: unknown) => error as Partial<Record<"stdout" | "stderr" | "code", string>>,
  );
  const keys = preferred(stdout);
  if (keys.length > 0) return keys;
  if (code === "ENOENT") throw new UserError("there is no ssh-keyscan on this workstation: install OpenSSH's client");
  throw new UserError(
    `${address} shows no ssh host key at port ${port} (${lastLine(stderr)}): is it on, is the address right, is TCP ${port} open in its provider's firewall?`,
  );
}

/** The keys in the output of ssh-keyscan, in the order of preference. */
export function preferred(scanned: string): HostKey[] {
  return scanned
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map(parseHostKey)
    .filter((key): key is HostKey => key !== undefined)
    .sort((a, b) => rank(a) - rank(b));
}

function rank({ line }: HostKey): number {
  return TYPES.findIndex((type) => line.startsWith(`${type} `));
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.at(-1) ?? `no answer within ${SCAN_SECONDS} s`;
}
