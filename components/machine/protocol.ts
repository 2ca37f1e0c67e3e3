import { z } from "zod";

import { UserError } from "../../lib/errors";

/**
 * The protocol between the program and the host script (`scripts/`). A line starts with its name; fields follow, separated by blanks. Renderer and parsers
 * use these tables; a test checks the script against them.
 */

/** A field without blanks. */
const word = z.string().regex(/^\S+$/, "expected one word");
/** The rest of the line; only as the last field. */
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

/** Below a limit that was lowered, more is in use than allowed. */
const negative = z
  .string()
  .regex(/^-\d+$/, "expected a number")
  .transform(Number);

/** The fields of a line by name, in their order. */
type Fields = Readonly<Record<string, z.ZodType>>;

/** The first argument of the script. */
export const VERBS = ["apply", "verify", "remove", "probe", "look"] as const;

/** Exit codes of the script. */
export const EXIT = { done: 0, failed: 1 } as const;

/** Kinds of live state that is compared like files. */
export const WATCH_KINDS = ["nft", "tunnel", "sysctl", "route"] as const;

/** Kinds of what a bundle has in the host's Docker. */
export const THING_KINDS = ["container", "network", "volume"] as const;

/** The lines of a bundle. */
export const DIRECTIVES = {
  /** The bundle's name on the host. */
  bundle: { name: word },
  /** The stack that owns it: `project/stack`. */
  owner: { stack: word },
  /** Stored on the host, and reported back while nothing has drifted. */
  revision: { text },
  /** Makes `verify` run again when what it confirms has changed. */
  digest: { sha256: word },
  /** Debian's name; a trailing ? means: only where the distribution has it. */
  package: { name: word },
  group: { group: word, user: word },
  /** Enabled and running. */
  unit: { unit },
  dir: { path, mode, owner },
  /** Its content follows. */
  file: { path, mode, owner, action: z.union([action, z.literal("-")]), guard },
  /** Its command follows, and must succeed before anything changes. */
  need: { claim: text },
  /** Likewise, at the end; for `verify`. */
  check: { claim: text },
  /** Other containers of the application, except the predecessor, are removed. */
  serve: { app: word, container: word },
  /** Has to be in the host's Docker; a name is completed by the provider (`NAME-1a2b3c4`), or stands as it is. */
  thing: { kind: z.enum(THING_KINDS), name: word },
  /** A file that the host itself writes; removed with the bundle. */
  leftover: { path },
  /** Printed when the bundle is removed. */
  note: { text },
  /** `nft inet homeport`, `tunnel wg0`, `sysctl KEY` or `route TABLE`, then the action. */
  watch: { kind: z.enum(WATCH_KINDS), watched },
} as const satisfies Readonly<Record<string, Fields>>;

/** Directives that content follows, indented by CONTENT_INDENT. */
export const WITH_CONTENT = ["file", "need", "check"] as const satisfies readonly (keyof typeof DIRECTIVES)[];

export const CONTENT_INDENT = "  ";

/** The lines of a manifest, the host's record of applied files; another version of the script may read them. */
export const MANIFEST = { sha256: word, mode: word, owner: word, action: word, guard: word, path } as const;

/** The lines of the probe's answer. The first is `machine`; anything before it comes from the login shell. */
export const ANSWERS = {
  machine: { id: word, at: z.literal("at"), seconds: number },
  /** The lines up to the next bundle belong to this one. */
  bundle: { name: word, owner: word },
  revision: { text },
  /** What has drifted, a sentence. */
  found: { sentence: text },
  /** See FACTS. */
  fact: { kind: word, values: text },
} as const satisfies Readonly<Record<string, Fields>>;

/** Facts about a host, in lines `fact KIND ...`. Unknown facts have no line. */
export const FACTS = {
  os: { id: word, version: word, name: text },
  /** dpkg's architecture (`armhf`) and the kernel's (`aarch64`). */
  arch: { programs: word, kernel: word },
  runs: { platform: word },
  free: { megabytes: number, path: text },
  listener: { at: z.string().regex(/^\d+\/(tcp|udp)$/, "expected PORT/tcp or PORT/udp"), address: word, program: text },
  firewall: { name: word },
  "nftables-service": { state: z.literal("enabled") },
  reject: { rule: text },
  nat: { rule: text },
  tunnel: { kind: z.enum(["file", "interface"]), name: text },
  docker: { state: z.enum(["running", "silent"]) },
  /** Where Docker keeps its data, or would. */
  "docker-data": { path: text },
  /** /etc/docker/daemon.json on one line, and the arguments of dockerd. */
  "docker-settings": { json: text },
  "docker-arguments": { words: text },
  /** A context that the login's Docker client has chosen, other than the default. */
  "docker-context": { user: word, name: text },
  package: { name: word },
  /** Memory limits do not work; the file has the kernel's command line. */
  "memory-cgroup": { state: z.literal("no"), file: word },
  address: { interface: word, address: word, kind: z.enum(["dynamic", "fixed"]) },
  clock: { seconds: number },
  /** One of Docker's things of a bundle: the resource it is of, its own name, and `well` or a sentence without its subject. */
  thing: { owner: word, kind: z.enum(THING_KINDS), resource: word, name: word, condition: text },
  certificate: { app: word, status: text },
  /** What the last run of a backup came to, and when, seconds of the epoch. */
  backup: { app: word, state: z.enum(["good", "bad"]), at: number, text },
  /** An end of our tunnel: `HOST:PORT` or `(none)`; seconds since the last handshake; whether a ping through it is answered, at a server. */
  peer: {
    interface: word,
    endpoint: word,
    age: z.union([z.literal("never"), number]),
    answers: z.enum(["yes", "no", "-"]),
  },
  /** Megabytes; `serving`: of the containers that serve. */
  memory: { total: number, available: number.or(negative), serving: number },
  reboot: { reason: text },
  updates: { count: number },
} as const satisfies Readonly<Record<string, Fields>>;

/** The parsed fields of a line. */
type Values<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> };

/** The fields to write a line from. */
export type Given<F extends Fields> = { readonly [K in keyof F]: z.input<F[K]> };

/** A line that does not follow the protocol: a bug in the program or its script. */
export class ProtocolError extends UserError {}

/** Renders a directive. */
export function directive<D extends keyof typeof DIRECTIVES>(name: D, given: Given<(typeof DIRECTIVES)[D]>): string {
  const fields = Object.entries<z.ZodType>(DIRECTIVES[name]);
  const words = fields.map(([field]) => String((given as Readonly<Record<string, unknown>>)[field]));
  const line = [name, ...words].join(" ");
  // Parse it again: no value may spill into another field.
  readFields(DIRECTIVES[name], words.join(" "), line);
  return line;
}

/** A parsed line; `word` selects the type. */
export type Read<T extends Readonly<Record<string, Fields>>> = {
  readonly [K in keyof T]: { readonly word: K } & Values<T[K]>;
}[keyof T];

/** Parses a line by a table; error messages quote `whole`. */
export function readLine<T extends Readonly<Record<string, Fields>>>(table: T, line: string, whole = line): Read<T> {
  const [first, rest] = cut(line);
  const fields = Object.hasOwn(table, first) ? table[first] : undefined;
  if (fields === undefined) throw new ProtocolError(`unknown line: ${whole}`);
  return { word: first, ...readFields(fields, rest, whole) } as Read<T>;
}

/** Parses fields. */
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
  if (left !== undefined) throw new ProtocolError(`malformed line: ${whole} (text after the last field)`);
  return values as Values<F>;
}

/** A fact, by its kind. */
export type Fact = Read<typeof FACTS>;

/** Parses the probe's answer; throws a ProtocolError that quotes the line at fault. */
export function readAnswers(answer: string): {
  readonly lines: readonly Read<typeof ANSWERS>[];
  readonly facts: readonly Fact[];
} {
  const all = answer.split("\n").filter((line) => line !== "");
  const start = all.findIndex((line) => line.startsWith("machine "));
  if (start < 0) throw new ProtocolError(`no 'machine' line in: ${answer.slice(0, 200)}`);
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
