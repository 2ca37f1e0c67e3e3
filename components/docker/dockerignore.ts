import * as path from "node:path";

import { UserError } from "../../lib/errors";

/** For each rule, whether it matches a directory or one above it. */
export type Matched = readonly boolean[];

/** What a path is to the rules. */
export interface Verdict {
  readonly ignored: boolean;
  /** For what is below it. */
  readonly matched: Matched;
}

/**
 * The rules of a `.dockerignore` as BuildKit reads them: case counts, the last rule that matches decides, `!` takes back, `**` stands for any number of
 * directories. Ported from moby/patternmatcher 0.6.1 (`ignorefile.ReadAll`, `MatchesUsingParentResults`) with its oddities, and from the walk of
 * tonistiigi/fsutil (`filter.go`), because an image's tag must change with whatever they send.
 */
export class IgnoreRules {
  private readonly rules: readonly Rule[];
  /** Without their last `/**` or `/*`, what rules take back; undefined: one of them has a wildcard and may match anywhere. */
  private readonly exceptions: readonly string[] | undefined;

  /** `text` is the content of the file `name`; throws a UserError that names a rule which BuildKit would refuse. */
  public constructor(text: string, name: string) {
    this.rules = patternsOf(text).map((pattern) => ruleOf(pattern, name));
    const taken = this.rules
      .filter(({ exception }) => exception)
      .map(({ pattern }) => pattern.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
    this.exceptions = taken.some((pattern) => /[*[\]?^\\]/.test(pattern)) ? undefined : taken;
  }

  /** Whether a path of the context is ignored; `parent` is the `matched` of its directory, undefined at the root. */
  public verdict(name: string, parent: Matched | undefined): Verdict {
    let ignored = false;
    const matched = this.rules.map(({ exception, matches }, index) => {
      // A rule that cannot change the verdict is not tried.
      const match = parent?.[index] === true || (exception === ignored && matches(name));
      if (match) ignored = !exception;
      return match;
    });
    return { ignored, matched };
  }

  /** Whether an ignored directory is read all the same, because an exception may be below it. */
  public enters(directory: string): boolean {
    return this.exceptions === undefined || this.exceptions.some((one) => `${one}/`.startsWith(`${directory}/`));
  }
}

interface Rule {
  readonly exception: boolean;
  /** Without its `!`. */
  readonly pattern: string;
  readonly matches: (name: string) => boolean;
}

/** The lines that are rules, their paths cleaned. */
function patternsOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => (line.startsWith("!") ? `!${cleaned(line.slice(1).trim())}` : cleaned(line)));
}

function cleaned(pattern: string): string {
  return pattern === "" ? "" : clean(pattern).replace(/^\/(?=.)/, "");
}

/** Go's filepath.Clean. */
function clean(name: string): string {
  return path.posix.normalize(name).replace(/(?<=.)\/$/, "");
}

function ruleOf(line: string, file: string): Rule {
  // Cleaned once more, because Go's matcher does so: "!/" becomes "!".
  const text = clean(line);
  const exception = text.startsWith("!");
  const pattern = exception ? text.slice(1) : text;
  const refuse = (): never => {
    throw new UserError(`${file}: Docker cannot read the rule ${line}: correct it or remove it`);
  };
  if (pattern === "" || !isWellFormed(pattern)) return refuse();
  try {
    return { exception, pattern, matches: matcher(pattern) };
  } catch {
    return refuse();
  }
}

/** The syntax that Go's filepath.Match accepts. */
function isWellFormed(pattern: string): boolean {
  const character = String.raw`(?:\\.|[^\\\]-])`;
  const range = `${character}(?:-${character})?`;
  return new RegExp(String.raw`^(?:\\.|[^\\[]|\[\^?(?:${range})+\])*$`, "su").test(pattern);
}

/** Most rules are names; those are compared and not searched. */
function matcher(pattern: string): (name: string) => boolean {
  const { kind, expression } = compiled(pattern);
  if (kind === "exact") return (name) => name === pattern;
  if (kind === "prefix") return (name) => name.startsWith(pattern.slice(0, -2));
  if (kind === "suffix") {
    const suffix = pattern.slice(2);
    return (name) => name.endsWith(suffix) || (suffix.startsWith("/") && name === suffix.slice(1));
  }
  const search = new RegExp(asJavaScript(`^${expression}$`), "u");
  return (name) => search.test(name);
}

type Kind = "exact" | "prefix" | "suffix" | "expression";

/** A pattern as an expression of Go's; character by character as `Pattern.compile` does it, whose oddities count. */
function compiled(pattern: string): { readonly kind: Kind; readonly expression: string } {
  let kind: Kind = "exact";
  let expression = "";
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const one = characters[at] ?? "";
    if (one === "*" && characters[at + 1] === "*") {
      const first = at === 0;
      at += characters[at + 2] === "/" ? 2 : 1;
      const last = at === characters.length - 1;
      expression += last ? ".*" : "(.*/)?";
      kind = first ? "suffix" : last && kind === "exact" ? "prefix" : "expression";
    } else if (one === "*" || one === "?") {
      expression += one === "*" ? "[^/]*" : "[^/]";
      kind = "expression";
    } else if (one === "\\") {
      expression += `\\${characters[++at] ?? ""}`;
      kind = "expression";
    } else {
      // Not |, { and }: moby means to, but its table has no room for them.
      expression += ".+()$".includes(one) ? `\\${one}` : one;
      if (one === "[" || one === "]") kind = "expression";
    }
  }
  return { kind, expression };
}

/** An expression of Go's in JavaScript's words: lone brackets and escapes of signs are errors here, `\a` is a bell there, and a dot any character but a line break. */
function asJavaScript(expression: string): string {
  let inClass = false;
  return expression.replace(/\\(.)|\{\d+(?:,\d*)?\}|[[\]{}.]/gsu, (part: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escapedSign(escaped, inClass);
    if (part === "." || part.length > 1) return inClass || part !== "." ? part : "[^\n]";
    if (part === "[" && !inClass) {
      inClass = true;
      return part;
    }
    if (part === "]" && inClass) {
      inClass = false;
      return part;
    }
    return `\\${part}`;
  });
}

function escapedSign(sign: string, inClass: boolean): string {
  if (sign === "a") return "\\x07";
  if (sign > "~") throw new Error("Go has no such escape");
  const special = /[\w^$\\.*+?()[\]{}|/]/.test(sign) || (inClass && sign === "-");
  return special ? `\\${sign}` : sign;
}
