import { parse } from "toml";
import { z } from "zod";

import { Folder, joined } from "./folder";

/** How a project names the packages that it needs. */
export type DependencyKind = "requirements" | "uv" | "poetry" | "pdm" | "pipenv" | "pyproject";

/** The packages of a project. */
export interface Dependencies {
  readonly kind: DependencyKind;
  /** The folder of these files, from the project's folder. */
  readonly folder: string;
  /** The file that names them. */
  readonly file: string;
  /** Undefined: no versions are written down. */
  readonly lock: string | undefined;
  /** All files that installing needs, from the project's folder, and whether the rest of the project is needed as well. */
  readonly files: readonly string[];
  readonly wholeProject: boolean;
  /** Whether some come out of a git repository. */
  readonly git: boolean;
  /** Requirements that pyproject.toml itself lists (PEP 621). */
  readonly listed: readonly string[];
  /** Versions by normalized name (PEP 503); "" where none is said. */
  readonly packages: Readonly<Record<string, string>>;
  /** Extras that are asked for, as `psycopg[binary]`. */
  readonly extras: ReadonlySet<string>;
  /** Python versions that they allow, as a specifier, and where that stands. */
  readonly python: { readonly specifier: string; readonly file: string } | undefined;
}

/** Requirements files, those for production first where they stand in a folder. */
const REQUIREMENTS = [
  "requirements.txt",
  ...["production", "prod", "base", "requirements"].flatMap((name) => [
    `requirements/${name}.txt`,
    `requirements-${name}.txt`,
  ]),
];

const pyproject = z.object({
  project: z
    .object({ "requires-python": z.string().optional(), dependencies: z.array(z.string()).default([]) })
    .optional()
    .catch(undefined),
  tool: z
    .object({
      poetry: z.object({ dependencies: z.record(z.string(), z.unknown()).default({}) }).optional(),
      pdm: z.unknown().optional(),
      uv: z.unknown().optional(),
    })
    .default({})
    .catch({}),
});

/** Looks for the packages in the folders, of which the first that names any counts; undefined where none does. */
export function dependenciesOf(folder: Folder, folders: readonly string[]): Dependencies | undefined {
  for (const at of folders) {
    const found = lockedOf(folder, at) ?? requirementsOf(folder, at) ?? listedOf(folder, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name as indexes compare it (PEP 503). */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

const LOCKS: readonly { readonly kind: DependencyKind; readonly lock: string; readonly file: string }[] = [
  { kind: "uv", lock: "uv.lock", file: "pyproject.toml" },
  { kind: "poetry", lock: "poetry.lock", file: "pyproject.toml" },
  { kind: "pdm", lock: "pdm.lock", file: "pyproject.toml" },
];

/** Packages that lie in the project's own folder or in a git repository, as each kind of lock writes them; the project itself is "." in uv's. */
function sourcesIn(text: string): Pick<Dependencies, "wholeProject" | "git"> {
  return {
    wholeProject:
      /source = \{ (editable|directory|path) = "(?!\.")|^type = "(directory|file)"|^path = "\.|"(path|file)": "|@ file:/m.test(
        text,
      ),
    git: /source = \{ git = |^type = "git"|^git = "|"git": "|git\+/m.test(text),
  };
}

const lockSchema = z.object({
  package: z.array(z.object({ name: z.string(), version: z.string().default("") })).default([]),
});

function lockedOf(folder: Folder, at: string): Dependencies | undefined {
  const found = LOCKS.find(({ lock, file }) => folder.has(joined(at, lock)) && folder.has(joined(at, file)));
  if (found === undefined) return undefined;
  const { kind, lock, file } = found;
  const read = pyprojectOf(folder, joined(at, file));
  const text = folder.read(joined(at, lock)) ?? "";
  const locked = lockSchema.safeParse(toml(text)).data?.package ?? [];
  return {
    ...{ kind, folder: at, file, lock, listed: [], ...sourcesIn(text) },
    files: [joined(at, file), joined(at, lock)],
    packages: Object.fromEntries(locked.map(({ name, version }) => [normalized(name), version])),
    extras: extrasOf([...(read?.project?.dependencies ?? []), ...poetryLines(read)]),
    python: pythonOf(read, joined(at, file)),
  };
}

function requirementsOf(folder: Folder, at: string): Dependencies | undefined {
  const pipfile = pipfileOf(folder, at);
  const file = REQUIREMENTS.find((name) => folder.has(joined(at, name)));
  // A Pipfile's lock is what its author installs from; beside requirements without one it is the older of the two.
  if (pipfile !== undefined && (pipfile.lock !== undefined || file === undefined)) return pipfile;
  if (file === undefined) return undefined;
  const { files, lines } = included(folder, joined(at, file));
  return {
    ...{ kind: "requirements", folder: at, file, lock: undefined, files, listed: [] },
    wholeProject: lines.some(
      (line) => /^(-e\b|--editable\b|\.|\/|file:)|@\s*file:/.test(line) && !line.includes("git+"),
    ),
    git: lines.some((line) => line.includes("git+")),
    packages: packagesOf(lines),
    extras: extrasOf(lines),
    python: pythonOf(pyprojectOf(folder, joined(at, "pyproject.toml")), joined(at, "pyproject.toml")),
  };
}

/** A requirements file with those that it includes. */
function included(
  folder: Folder,
  file: string,
  seen: readonly string[] = [],
): { readonly files: readonly string[]; readonly lines: readonly string[] } {
  const text = folder.read(file);
  if (text === undefined || seen.includes(file)) return { files: [], lines: [] };
  let files = [file];
  let lines: string[] = [];
  for (const raw of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    const [, option = "", other] = /^(-r|--requirement|-c|--constraint)(?:\s+|=)(\S+)$/.exec(line) ?? [];
    if (other === undefined) {
      if (line !== "") lines.push(line);
      continue;
    }
    const more = included(folder, joined(file, "..", other), [...seen, ...files]);
    files = [...files, ...more.files];
    if (!option.includes("c")) lines = [...lines, ...more.lines];
  }
  return { files: [...new Set(files)], lines };
}

const pipfileSchema = z.object({
  packages: z.record(z.string(), z.unknown()).default({}),
  requires: z.object({ python_version: z.string().optional(), python_full_version: z.string().optional() }).default({}),
});

const pipfileLock = z.object({
  default: z.record(z.string(), z.object({ version: z.string().default("") })).default({}),
});

function pipfileOf(folder: Folder, at: string): Dependencies | undefined {
  const file = joined(at, "Pipfile");
  const text = folder.read(file);
  if (text === undefined) return undefined;
  const { packages, requires } = pipfileSchema.catch({ packages: {}, requires: {} }).parse(toml(text));
  const lock = folder.read(joined(at, "Pipfile.lock"));
  const locked = lock === undefined ? undefined : pipfileLock.safeParse(json(lock)).data?.default;
  const lines = Object.entries(packages).map(([name, value]) => requirementOf(name, value));
  const version = requires.python_full_version ?? requires.python_version;
  return {
    ...{
      kind: "pipenv",
      folder: at,
      file: "Pipfile",
      lock: lock === undefined ? undefined : "Pipfile.lock",
      listed: [],
    },
    files: lock === undefined ? [file] : [file, joined(at, "Pipfile.lock")],
    ...sourcesIn(lock ?? text),
    packages:
      locked === undefined
        ? packagesOf(lines)
        : Object.fromEntries(
            Object.entries(locked).map(([name, { version: pinned }]) => [normalized(name), pinned.replace(/^==/, "")]),
          ),
    extras: extrasOf(lines),
    python: version === undefined ? undefined : { specifier: `==${minor(version)}.*`, file },
  };
}

function listedOf(folder: Folder, at: string): Dependencies | undefined {
  const file = joined(at, "pyproject.toml");
  const read = pyprojectOf(folder, file);
  const poetry = poetryLines(read);
  if (poetry.length === 0 && (read?.project?.dependencies ?? []).length === 0) return undefined;
  const lines = [...(read?.project?.dependencies ?? []), ...poetry];
  return {
    ...{ folder: at, file: "pyproject.toml", lock: undefined, files: [file], ...sourcesIn(lines.join("\n")) },
    // Poetry's own way to write versions is only known to Poetry.
    kind: poetry.length > 0 ? "poetry" : "pyproject",
    listed: poetry.length > 0 ? [] : lines,
    packages: packagesOf(lines),
    extras: extrasOf(lines),
    python: pythonOf(read, file),
  };
}

type Pyproject = z.output<typeof pyproject>;

function pyprojectOf(folder: Folder, file: string): Pyproject | undefined {
  const text = folder.read(file);
  return text === undefined ? undefined : pyproject.safeParse(toml(text)).data;
}

function pythonOf(read: Pyproject | undefined, file: string): Dependencies["python"] {
  const specifier = read?.project?.["requires-python"] ?? read?.tool.poetry?.dependencies.python;
  return typeof specifier === "string" ? { specifier, file } : undefined;
}

function poetryLines(read: Pyproject | undefined): string[] {
  return Object.entries(read?.tool.poetry?.dependencies ?? {})
    .filter(([name]) => name !== "python")
    .map(([name, value]) => requirementOf(name, value));
}

/** One of a table's packages as a requirement; its version as the table writes it. */
function requirementOf(name: string, value: unknown): string {
  const read = z
    .object({ version: z.string().default(""), extras: z.array(z.string()).default([]) })
    .catch({ version: "", extras: [] });
  const { version, extras } = typeof value === "string" ? { version: value, extras: [] } : read.parse(value);
  return `${name}${extras.length === 0 ? "" : `[${extras.join(",")}]`} ${version === "*" ? "" : version}`.trim();
}

const REQUIREMENT = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)/;

function packagesOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, , version = ""] = REQUIREMENT.exec(line) ?? [];
      return name === undefined ? [] : [[normalized(name), version.replace(/\s--hash=.*$/, "").trim()] as const];
    }),
  );
}

function extrasOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(
    lines.flatMap((line) => {
      const [, name = "", extras = ""] = REQUIREMENT.exec(line) ?? [];
      return extras
        .split(",")
        .flatMap((extra) => (extra.trim() === "" ? [] : [`${normalized(name)}[${extra.trim().toLowerCase()}]`]));
    }),
  );
}

/** `3.12` of `3.12.4`. */
function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function toml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
