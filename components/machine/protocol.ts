import { z } from "zod";

import { UserError } from "../../lib/errors";

/**
 * What the program and the script that a host runs (`scripts/host/`) say to each other, a line each: its first words name it, and fields follow with a
 * blank between. The renderer writes by these tables and the parsers read by them; a test holds the script to them.
 */

/** A field without blanks. */
const word = z.string().regex(/^\S+$/, "expected one word");
/** All that is left of the line; only as the last field. */
const text = z
  .string()
  .regex(/^[^\n]*$/, "expected one line")
  .meta({ rest: true });
const path = z.string().regex(/^\/\S+$/, "expected an absolute path without blanks");
const mode = z.string().regex(/^0?[0-7]{3,4}$/, "expected an octal mode");
const owner = z.string().regex(/^[\w.-]+:[\w.-]+$/, "expected user:group");
const unit = z.string().regex(/^[\w@][\w@:.\\-]*\.[a-z]+$/, "expected a unit of systemd");
const watched = z
  .string()
  .regex(
    /^\S+( \S+)? (reload|restart):[\w@][\w@:.\\-]*\.[a-z]+$/,
    "expected what is watched, and reload:UNIT or restart:UNIT",
  )
  .meta({ rest: true });
const action = z.string().regex(/^(reload|restart):[\w@][\w@:.\\-]*\.[a-z]+$/, "expected reload:UNIT or restart:UNIT");
const guard = z.enum(["guard", "-"]);
const number = z.string().regex(/^\d+$/, "expected a number").transform(Number);

/** The fields of a line by name, in their order. */
type Fields = Readonly<Record<string, z.ZodType>>;

/** What a host can be asked for: the first argument of the script. */
export const VERBS = ["apply", "verify", "remove", "probe"] as const;

/** Exit codes of the script. */
export const EXIT = { done: 0, failed: 1 } as const;

/** Kinds of live state that is compared as files are. */
export const WATCH_KINDS = ["nft", "tunnel", "sysctl", "route"] as const;

/** The lines of a bundle. */
export const DIRECTIVES = {
  /** The bundle's name on the host. */
  bundle: { name: word },
  /** The stack that owns it: `project/stack`. */
  owner: { stack: word },
  /** What the host keeps, and hands back when nothing has drifted. */
  revision: { text },
  /** Only makes `verify` run again when what it confirms has changed. */
  digest: { sha256: word },
  /** Debian's name; with a ? behind it only where the distribution has one of that name. */
  package: { name: word },
  group: { group: word, user: word },
  /** Enabled and running. */
  unit: { unit },
  dir: { path, mode, owner },
  /** Its content follows. */
  file: { path, mode, owner, action: z.union([action, z.literal("-")]), guard },
  /** Its command follows, and must succeed before anything is changed. */
  need: { claim: text },
  /** Likewise, after everything; for `verify`. */
  check: { claim: text },
  /** Older containers of the application, which no deploy speaks of any more, are removed. */
  serve: { app: word, container: word },
  /** A file that the host writes by itself; it goes with the bundle. */
  leftover: { path },
  /** Said when the bundle is removed. */
  note: { text },
  /** `nft inet homeport`, `tunnel wg0`, `sysctl KEY` or `route TABLE`, and then its action. */
  watch: { kind: z.enum(WATCH_KINDS), watched },
} as const satisfies Readonly<Record<string, Fields>>;

/** Directives behind which content follows, indented by CONTENT_INDENT. */
export const WITH_CONTENT = ["file", "need", "check"] as const satisfies readonly (keyof typeof DIRECTIVES)[];

export const CONTENT_INDENT = "  ";

/** The lines of a manifest, in which the host keeps what it was given; another version of the script may read them. */
export const MANIFEST = { sha256: word, mode: word, owner: word, action: word, guard: word, path } as const;

/** The lines of what `probe` answers. The first is `machine`; what comes before it is of the host's login shell. */
export const ANSWERS = {
  machine: { id: word, at: z.literal("at"), seconds: number },
  /** What follows is of this bundle, until the next. */
  bundle: { name: word, owner: word },
  revision: { text },
  /** What has drifted, a sentence. */
  found: { sentence: text },
  /** See FACTS. */
  fact: { kind: word, values: text },
} as const satisfies Readonly<Record<string, Fields>>;

/** What a host is, in lines `fact KIND ...`. What could not be found out has no line. */
export const FACTS = {
  os: { id: word, version: word, name: text },
  /** Debian's word for the programs (`armhf`), and the kernel's for the processor (`aarch64`). */
  arch: { programs: word, kernel: word },
  runs: { platform: word },
  free: { megabytes: number, path: word },
  listener: { at: z.string().regex(/^\d+\/(tcp|udp)$/, "expected PORT/tcp or PORT/udp"), address: word, program: text },
  firewall: { name: word },
  "nftables-service": { state: z.literal("enabled") },
  reject: { rule: text },
  nat: { rule: text },
  tunnel: { kind: z.enum(["file", "interface"]), name: text },
  docker: { state: z.literal("running") },
  package: { name: word },
  /** Containers cannot be limited in memory; the file is that of the kernel's command line. */
  "memory-cgroup": { state: z.literal("no"), file: word },
  address: { interface: word, address: word, kind: z.enum(["dynamic", "fixed"]) },
  clock: { seconds: number },
  container: { owner: word, app: word, name: word, state: word },
  certificate: { app: word, status: text },
} as const satisfies Readonly<Record<string, Fields>>;

/** What a table's line says, by field. */
type Values<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> };

/** What a table's line is written of. */
export type Given<F extends Fields> = { readonly [K in keyof F]: z.input<F[K]> };

/** A line that does not follow the protocol: a fault of the program or of its script, not of its reader. */
export class ProtocolError extends UserError {}

/** Writes a directive's line. */
export function directive<D extends keyof typeof DIRECTIVES>(name: D, given: Given<(typeof DIRECTIVES)[D]>): string {
  const fields = Object.entries<z.ZodType>(DIRECTIVES[name]);
  const words = fields.map(([field]) => String((given as Readonly<Record<string, unknown>>)[field]));
  const line = [name, ...words].join(" ");
  // Read back, no word is another field's.
  readFields(DIRECTIVES[name], words.join(" "), line);
  return line;
}

/** A line that was read, by its table's words; the type follows from `word`. */
export type Read<T extends Readonly<Record<string, Fields>>> = {
  readonly [K in keyof T]: { readonly word: K } & Values<T[K]>;
}[keyof T];

/** Reads a line by a table; `whole` is what a message names. */
export function readLine<T extends Readonly<Record<string, Fields>>>(table: T, line: string, whole = line): Read<T> {
  const [first, rest] = cut(line);
  const fields = Object.hasOwn(table, first) ? table[first] : undefined;
  if (fields === undefined) throw new ProtocolError(`unknown line: ${whole}`);
  return { word: first, ...readFields(fields, rest, whole) } as Read<T>;
}

/** Reads fields from words. */
export function readFields<F extends Fields>(fields: F, words: string, whole = words): Values<F> {
  const values: Record<string, unknown> = {};
  let left: string | undefined = words;
  for (const [name, field] of Object.entries(fields)) {
    const [first, rest]: [string, string | undefined] =
      field.meta()?.["rest"] === true ? [left ?? "", undefined] : cutOrEnd(left);
    const read = field.safeParse(first);
    if (!read.success) {
      throw new ProtocolError(
        `malformed line: ${whole} (${name}: ${read.error.issues[0]?.message ?? "not as expected"})`,
      );
    }
    values[name] = read.data;
    left = rest;
  }
  if (left !== undefined) throw new ProtocolError(`malformed line: ${whole} (there is more behind its last field)`);
  return values as Values<F>;
}

/** A fact, by its kind. */
export type Fact = Read<typeof FACTS>;

/** Everything that `probe` answers; throws a ProtocolError that names the line that is not understood. */
export function readAnswers(answer: string): {
  readonly lines: readonly Read<typeof ANSWERS>[];
  readonly facts: readonly Fact[];
} {
  const all = answer.split("\n").filter((line) => line !== "");
  const start = all.findIndex((line) => line.startsWith("machine "));
  if (start < 0) throw new ProtocolError(`there is no line of the machine in: ${answer.slice(0, 200)}`);
  const lines = all.slice(start).map((line) => readLine(ANSWERS, line));
  const facts = lines.flatMap((line) =>
    line.word === "fact" ? [readLine(FACTS, `${line.kind} ${line.values}`, `fact ${line.kind} ${line.values}`)] : [],
  );
  return { lines, facts };
}

function cut(line: string): [string, string] {
  const at = line.indexOf(" ");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

function cutOrEnd(line: string | undefined): [string, string | undefined] {
  if (line === undefined) return ["", undefined];
  const at = line.indexOf(" ");
  return at < 0 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)];
}
