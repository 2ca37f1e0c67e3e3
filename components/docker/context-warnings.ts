import { readFileSync } from "node:fs";
import * as path from "node:path";

import { BuildPlace, ContextEntry, ignoreFile } from "./context";
import { IgnoreRules, Matched } from "./dockerignore";

/** A kind of file that belongs in no image. */
interface Unwanted {
  /** Whether an entry is one; `text` reads it. */
  readonly is: (entry: ContextEntry, text: () => string) => boolean;
  readonly why: string;
  /** The rule that keeps it out. */
  readonly rule: (name: string) => string;
}

const UNWANTED: readonly Unwanted[] = [
  {
    is: ({ kind, name }) =>
      kind === "file" && /(^|\/)\.env(\.|$)/.test(name) && !/\.(dist|example|sample|template)$/.test(name),
    why: "its secrets could be read by whoever has the image, and its values would count on the server as well",
    rule: (name) => `**/${path.posix.basename(name).replace(/^\.env\..*/, ".env.*")}`,
  },
  {
    is: ({ kind, name }) => kind === "directory" && /(^|\/)\.git$/.test(name),
    why: "it holds all that ever was in the repository, and changes the image with each commit",
    rule: () => "**/.git",
  },
  {
    is: ({ kind, name }) => kind === "file" && /\.sqlite3?$/.test(name),
    why: "a database of your own computer would be in the image, and what the site writes to it there is lost at the next deploy",
    rule: (name) => `**/*${path.posix.extname(name)}`,
  },
  {
    is: ({ kind, name }) => kind === "directory" && /(^|\/)media$/.test(name),
    why: "uploads belong in a volume: in the image they are sent with each deploy",
    rule: (name) => name,
  },
  {
    is: ({ kind, name }, text) =>
      kind === "file" &&
      (/(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/.test(name) ||
        name.endsWith(".key") ||
        (name.endsWith(".pem") && text().includes("PRIVATE KEY"))),
    why: "a private key could be read by whoever has the image",
    rule: (name) => name,
  },
];

/** Folders of others' packages: what lies there came with them. */
const PACKAGES = /(^|\/)(node_modules|site-packages)\//;

/** What the Dockerfile copies into the image though it should not: a sentence for each kind, with the line of `file` that keeps it out. */
export function contextWarnings(
  place: BuildPlace,
  entries: readonly ContextEntry[],
  file = ignoreFile(place),
): string[] {
  const copied = copiedBy(readFileSync(place.dockerfile, "utf8"));
  const candidates = entries.filter(({ name }) => !PACKAGES.test(name));
  const projects = candidates.flatMap(({ name }) =>
    path.posix.basename(name) === "manage.py" ? path.posix.dirname(name) : [],
  );
  return UNWANTED.flatMap(({ is, why, rule }) => {
    const found = candidates.filter(
      (entry) =>
        is(entry, () => readFileSync(path.join(place.context, entry.name), "utf8")) &&
        isProjects(entry, projects) &&
        copied(entry.name),
    );
    const [first] = found;
    if (first === undefined) return [];
    const more = found.length === 1 ? "" : ` (and ${found.length - 1} more like it)`;
    const rules = [...new Set(found.map(({ name }) => rule(name)))];
    const lines =
      rules.length === 1
        ? `the line ${rules.join("")}`
        : `the lines ${rules.slice(0, SHOWN).join(", ")}${rules.length > SHOWN ? ", ..." : ""}`;
    return [`app.context: ${first.name}${more} would go into the image: ${why}. Add ${lines} to ${file}`];
  });
}

/** Lines in a sentence. */
const SHOWN = 3;

// A media folder elsewhere may be code; uploads are at the top or beside manage.py.
function isProjects({ name }: ContextEntry, projects: readonly string[]): boolean {
  return path.posix.basename(name) !== "media" || [".", ...projects].includes(path.posix.dirname(name));
}

/** Which paths a Dockerfile copies out of the context. */
export function copiedBy(dockerfile: string): (name: string) => boolean {
  const sources = dockerfile
    .replace(/\\[ \t]*\r?\n/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => /^\s*(?:COPY|ADD)\s+(.*)$/i.exec(line)?.[1] ?? [])
    .filter((words) => !/(^|\s)--from=/.test(words))
    .flatMap(sourcesOf);
  const rules = new IgnoreRules(
    sources.map((one) => (/^[./]*$/.test(one) || one.includes("$") ? "**" : one)).join("\n"),
    "Dockerfile",
  );
  return (name) => {
    let matched: Matched | undefined;
    let ignored = false;
    const parts = name.split("/");
    for (const index of parts.keys())
      ({ ignored, matched } = rules.verdict(parts.slice(0, index + 1).join("/"), matched));
    return ignored;
  };
}

function sourcesOf(words: string): string[] {
  const text = words.replace(/(^|\s)--\S+/g, "").trim();
  const list = text.startsWith("[")
    ? Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, one = ""]) => one)
    : text.split(/\s+/);
  return list.slice(0, -1).filter((one) => !one.startsWith("<<") && !one.includes("://"));
}
