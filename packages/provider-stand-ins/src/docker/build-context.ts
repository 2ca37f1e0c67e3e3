import type { Stats } from "node:fs";
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { createHash } from "node:crypto";

import dockerignore from "@balena/dockerignore";

/** A directory that an image is built from, and the Dockerfile to build it with. */
export class BuildContext {
  private readonly ignored: (file: string) => boolean;

  constructor(
    readonly directory: string,
    readonly dockerfile: string,
  ) {
    this.ignored = ignoreRules(directory, dockerfile);
  }

  /** The Dockerfile as seen from the context; begins with `../` when it lies outside. */
  get relativeDockerfile(): string {
    const root = realpathSync(path.resolve(this.directory));
    const file = realpathSync(path.resolve(this.dockerfile));
    return path.relative(root, file).split(path.sep).join("/");
  }

  /**
   * The digest the real provider keeps as `contextDigest` (pulumi-docker, provider.go, hashContext): over the Dockerfile,
   * and over name, mode and content of every file that .dockerignore lets through.
   */
  digest(): string {
    const whole = createHash("sha256");
    const add = (name: string, mode: string, content: Uint8Array) => {
      whole.update(name).update(mode).update(createHash("sha256").update(content).digest("hex"), "hex").update("\0");
    };
    add("Dockerfile", "----------", bytesOf(this.dockerfile));
    for (const { name, stats } of this.files()) add(name, modeOf(stats), this.contentOf(name, stats));
    return whole.digest("hex");
  }

  /** Names of all that the engine is sent: the Dockerfile and .dockerignore always, whatever .dockerignore says. */
  sent(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { name, stats } of this.entries()) {
      const always = name === ".dockerignore" || name === this.relativeDockerfile;
      if (!always && this.ignored(name)) continue;
      names.add(name);
      // A folder that is ignored itself comes along with what a later rule took back out of it.
      if (!stats.isDirectory())
        for (let at = path.posix.dirname(name); at !== "."; at = path.posix.dirname(at)) names.add(at);
    }
    return names;
  }

  /** Files and links that are not ignored, by name within the context, in the order of their names folder by folder. */
  private *files(): Generator<{ name: string; stats: Stats }> {
    for (const entry of this.entries()) if (!entry.stats.isDirectory() && !this.ignored(entry.name)) yield entry;
  }

  /** Everything in the context: folders are entered even when ignored, as a later rule may take back a file of theirs. */
  private *entries(folder = ""): Generator<{ name: string; stats: Stats }> {
    for (const entry of this.namesIn(folder).sort(byBytes)) {
      const name = path.posix.join(folder, entry);
      const stats = lstatSync(path.join(this.directory, name));
      yield { name, stats };
      if (stats.isDirectory()) yield* this.entries(name);
    }
  }

  /** Names in a folder; an ignored one that may not be read is passed over (fsutil, filter.go). */
  private namesIn(folder: string): string[] {
    try {
      return readdirSync(path.join(this.directory, folder));
    } catch (error) {
      if (folder !== "" && this.ignored(folder) && codeOf(error) === "EACCES") return [];
      throw error;
    }
  }

  private contentOf(name: string, stats: Stats): Uint8Array {
    const file = path.join(this.directory, name);
    // Of a link it is where it leads that counts, not what is there.
    if (stats.isSymbolicLink()) return new TextEncoder().encode(realpathSync(file));
    return stats.isFile() ? bytesOf(file) : new Uint8Array();
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

function bytesOf(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file));
}

/** Go sorts names by their bytes, JavaScript by UTF-16 units. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(new TextEncoder().encode(a), new TextEncoder().encode(b));
}

/** `Dockerfile.dockerignore` beside the Dockerfile goes before `.dockerignore` of the context. */
function ignoreRules(directory: string, dockerfile: string): (file: string) => boolean {
  const file = [`${dockerfile}.dockerignore`, path.join(directory, ".dockerignore")].find(existsSync);
  if (file === undefined) return () => false;
  const rules = dockerignore({ ignorecase: false }).add(readFileSync(file, "utf8"));
  return (name) => rules.ignores(name);
}

/** Bits of a mode beside type and permissions, with the letter Go prints for them (fs.FileMode.String). */
const SPECIAL_BITS: readonly (readonly [number, string])[] = [
  [0o4000, "u"],
  [0o2000, "g"],
  [0o1000, "t"],
];

/** A file's mode as Go prints it: `-rw-r--r--`, `Lrwxrwxrwx`. */
function modeOf(stats: Stats): string {
  const type = stats.isSymbolicLink() ? "L" : stats.isFIFO() ? "p" : stats.isSocket() ? "S" : stats.isFile() ? "" : "D";
  const special = SPECIAL_BITS.map(([bit, letter]) => (stats.mode & bit ? letter : "")).join("");
  const permissions = Array.from("rwxrwxrwx", (letter, i) => (stats.mode & (0o400 >> i) ? letter : "-")).join("");
  const prefix = type + special;
  return (prefix === "" ? "-" : prefix) + permissions;
}
