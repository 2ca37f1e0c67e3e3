import { createHash } from "node:crypto";

/** Hexadecimal digits that the provider appends to a name it makes up (tfbridge auto-naming). */
const SUFFIX_DIGITS = 7;

/** A name for what the program did not name: the resource's own, and digits that the engine's seed decides, the same at preview and up. */
export function uniqueName(name: string, seed: Buffer): string {
  return `${name}-${createHash("sha256").update(seed).digest("hex").slice(0, SUFFIX_DIGITS)}`;
}
