import { PythonFile } from "./python-source";

/** An environment variable that settings read. */
export interface Variable {
  readonly name: string;
  /** Whether the settings do without it. */
  readonly hasDefault: boolean;
  /** The file that reads it, from the project's folder. */
  readonly file: string;
}

const NAME = String.raw`["']([A-Z][A-Z0-9_]*)["']`;

/** How settings read a variable, and whether the call has a default: os, django-environ, environs, python-decouple, starlette. */
const READINGS: readonly { readonly expression: RegExp; readonly optional: (rest: string) => boolean }[] = [
  { expression: new RegExp(String.raw`\benviron\s*\[\s*${NAME}\s*\]`, "g"), optional: () => false },
  { expression: new RegExp(String.raw`\b(?:environ\.get|getenv)\(\s*${NAME}`, "g"), optional: () => true },
  {
    expression: new RegExp(String.raw`\b(?:env|config)(?:\.[a-z_]+)?\(\s*(?:var\s*=\s*)?${NAME}`, "gi"),
    optional: (rest) =>
      /\bdefault\s*=|^\s*,\s*(?!cast\b|var\b|multiline\b|subcast\b|parse_default\b|\w+\s*=)[^)\s]/.test(rest),
  },
];

/** Methods of a reader that read a fixed name: env.db() is DATABASE_URL. */
const FIXED: readonly { readonly expression: RegExp; readonly name: string }[] = [
  { expression: /\benv\.db(?:_url)?\(\s*\)/, name: "DATABASE_URL" },
  { expression: /\bdj_database_url\.config\(/, name: "DATABASE_URL" },
  { expression: /\benv\.cache(?:_url)?\(\s*\)/, name: "CACHE_URL" },
  { expression: /\benv\.email(?:_url)?\(\s*\)/, name: "EMAIL_URL" },
];

/** The variables that settings read by a name that stands there, sorted; one that is required anywhere is required. */
export function variablesOf(files: readonly PythonFile[]): readonly Variable[] {
  const found = new Map<string, Variable>();
  const add = (variable: Variable): void => {
    if (found.get(variable.name)?.hasDefault !== false) found.set(variable.name, variable);
  };
  const guarded = namesAskedFor(files);
  for (const { name: file, text } of files) {
    // environ.Env(DEBUG=(bool, False)) gives defaults by name.
    const schemes = new Set(
      Array.from(
        text.matchAll(/\b([A-Z][A-Z0-9_]*)\s*=\s*\(\s*(?:bool|str|int|list|float|dict)\s*,/g),
        ([, name]) => name,
      ),
    );
    for (const { expression, optional } of READINGS) {
      for (const match of text.matchAll(expression)) {
        const [whole, name = ""] = match;
        const rest = argumentsBehind(text, match.index + whole.length);
        add({ name, file, hasDefault: optional(rest) || schemes.has(name) || guarded.has(name) });
      }
    }
    for (const { expression, name } of FIXED) {
      const match = expression.exec(text);
      if (match !== null) add({ name, file, hasDefault: match[0].endsWith("config(") });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names that settings look for before they read them: `if "X" in os.environ:`. */
function namesAskedFor(files: readonly PythonFile[]): ReadonlySet<string> {
  const asked = new RegExp(
    String.raw`${NAME}\s+(?:not\s+)?in\s+(?:os\.)?environ\b|\bif\s+(?:os\.)?(?:environ\.get|getenv)\(\s*${NAME}`,
    "g",
  );
  return new Set(files.flatMap(({ text }) => Array.from(text.matchAll(asked), ([, one, other]) => one ?? other ?? "")));
}

/** The rest of a call's arguments, to the parenthesis that closes it. */
function argumentsBehind(text: string, start: number): string {
  let open = 1;
  for (let at = start; at < text.length; at++) {
    const one = text[at];
    if (one === "(" || one === "[") open++;
    if ((one === ")" || one === "]") && --open === 0) return text.slice(start, at);
  }
  return text.slice(start);
}
