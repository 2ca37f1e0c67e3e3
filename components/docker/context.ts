import { Hash } from "node:crypto";
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import * as path from "node:path";

import { messageOf, UserError } from "../../lib/errors";
import { IgnoreRules, Matched } from "./dockerignore";

/** Something that is sent to the builder. */
export interface ContextEntry {
  /** From the context, with slashes. */
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "special";
  /** Permissions, with set-user-id, set-group-id and sticky bit: Docker sends them. */
  readonly mode: number;
  /** Bytes of a file. */
  readonly size: number;
}

/** Where an image is built from. */
export interface BuildPlace {
  /** Directory of the build context, as from the working directory. */
  readonly context: string;
  /** The Dockerfile, as from the working directory; it may lie outside of the context. */
  readonly dockerfile: string;
}

/** The file whose rules count: `NAME.dockerignore` beside the Dockerfile, else the context's `.dockerignore`; the latter as well where neither exists. */
export function ignoreFile({ context, dockerfile }: BuildPlace): string {
  const own = `${dockerfile}.dockerignore`;
  return existsSync(own) ? own : path.join(context, ".dockerignore");
}

/**
 * What Docker sends to the builder, in one walk, sorted by name within each directory. Ignored directories are not read, unless an exception may be below them.
 * Empty directories are sent, and so is an ignored one with something below it that is not ignored. Throws a UserError that names what cannot be read.
 */
export function contextEntries(place: BuildPlace): ContextEntry[] {
  const entries: ContextEntry[] = [];
  const rules = rulesOf(ignoreFile(place));
  // Ignored directories on the way down, sent once something below them is.
  const walk = (directory: string, parent: Matched | undefined, unsent: readonly ContextEntry[]): void => {
    let waiting = unsent;
    for (const base of namesIn(place.context, directory, waiting.length > 0)) {
      const name = directory === "" ? base : `${directory}/${base}`;
      const { ignored, matched } = rules.verdict(name, parent);
      const entry = ignored ? undefined : entryAt(place.context, name);
      if (entry === undefined) {
        if (!rules.enters(name)) continue;
        const passed = entryAt(place.context, name);
        if (passed.kind !== "directory") continue;
        const before = entries.length;
        walk(name, matched, [...waiting, passed]);
        if (entries.length > before) waiting = [];
        continue;
      }
      entries.push(...waiting, entry);
      waiting = [];
      if (entry.kind === "directory") walk(name, matched, []);
    }
  };
  walk("", undefined, []);
  return entries;
}

/** Adds to a hash all that the entries are: names, kinds, modes, where links lead, bytes. */
export function hashEntries(hash: Hash, context: string, entries: readonly ContextEntry[]): void {
  for (const entry of entries) {
    hash.update(`${entry.name}\0${entry.kind} ${entry.mode.toString(8)} ${entry.size}\n`);
    if (entry.kind === "file") hashFile(hash, path.join(context, entry.name), entry.name);
    if (entry.kind === "link") hash.update(`${readLink(path.join(context, entry.name), entry.name)}\n`);
  }
}

function rulesOf(file: string): IgnoreRules {
  return new IgnoreRules(existsSync(file) ? readFileSync(file, "utf8") : "", file);
}

// Docker passes over an ignored directory that it may not read.
function namesIn(context: string, directory: string, ignored: boolean): string[] {
  try {
    return readdirSync(path.join(context, directory)).sort();
  } catch (error) {
    if (ignored && isRefused(error)) return [];
    throw directory === ""
      ? new UserError(`app.context: cannot read ${context}: ${messageOf(error)}`)
      : unreadable(directory, error);
  }
}

function isRefused(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return code === "EACCES" || code === "EPERM";
}

function entryAt(context: string, name: string): ContextEntry {
  try {
    const state = lstatSync(path.join(context, name));
    // A link's own mode differs between systems and is never used.
    if (state.isSymbolicLink()) return { name, kind: "link", mode: 0, size: 0 };
    const mode = state.mode & 0o7777;
    if (state.isDirectory()) return { name, kind: "directory", mode, size: 0 };
    return state.isFile() ? { name, kind: "file", mode, size: state.size } : { name, kind: "special", mode, size: 0 };
  } catch (error) {
    throw unreadable(name, error);
  }
}

function readLink(file: string, name: string): string {
  try {
    return readlinkSync(file);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** Files are read through it, so that none has to fit into the memory. */
const BUFFER = Buffer.allocUnsafe(1 << 20);

function hashFile(hash: Hash, file: string, name: string): void {
  try {
    const descriptor = openSync(file, "r");
    try {
      for (let length = BUFFER.length; length === BUFFER.length;) {
        length = readSync(descriptor, BUFFER, 0, BUFFER.length, null);
        hash.update(BUFFER.subarray(0, length));
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): UserError {
  const remedy = isRefused(error) ? `; if the image does without it, add the line ${name} to .dockerignore` : "";
  return new UserError(`app.context: cannot read ${name} for the image: ${messageOf(error)}${remedy}`);
}
