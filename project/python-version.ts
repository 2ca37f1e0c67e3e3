import { Dependencies } from "./dependencies";
import { Folder, joined } from "./folder";

/** The Python that a project wants. */
export interface PythonVersion {
  /** Such as 3.12. */
  readonly version: string;
  /** Where that stands, or why it is so. */
  readonly reason: string;
}

/** Versions of Python 3 that are looked at, the newest first; python.org's list of supported versions, and 3.9 and 3.10 for older projects. */
const MINORS = [14, 13, 12, 11, 10, 9];

/** The newest Python 3 that a version of Django supports (docs.djangoproject.com, FAQ: Installation). A later one may lack modules that it imports. */
const NEWEST_FOR_DJANGO: Readonly<Record<string, number>> = {
  "2.2": 9,
  "3.0": 9,
  "3.1": 9,
  "3.2": 10,
  "4.0": 10,
  "4.1": 11,
  "4.2": 12,
  "5.0": 12,
  "5.1": 13,
  "5.2": 14,
  "6.0": 14,
};

/** The least Python 3 of a version of Django; same source. */
const LEAST_FOR_DJANGO: Readonly<Record<string, number>> = { "5.0": 10, "5.1": 10, "5.2": 10, "6.0": 12, "6.1": 12 };

/** The version that the project names; a range that allows `usual`, or no word at all, is `usual` unless its Django needs another. Undefined: nothing against `usual`. */
export function pythonVersion(
  folder: Folder,
  folders: readonly string[],
  dependencies: Dependencies | undefined,
  usual: string,
): PythonVersion | undefined {
  for (const at of folders) {
    for (const [name, expression] of [
      [".python-version", /^\s*(?:cpython-|python-)?3\.(\d+)/m],
      ["runtime.txt", /python-3\.(\d+)/],
      [".tool-versions", /^python\s+3\.(\d+)/m],
    ] as const) {
      const found = expression.exec(folder.read(joined(at, name)) ?? "")?.[1];
      if (found !== undefined) return { version: `3.${found}`, reason: joined(at, name) };
    }
  }
  const django = djangoVersion(dependencies);
  const [least, newest] = [LEAST_FOR_DJANGO[django ?? ""] ?? 0, NEWEST_FOR_DJANGO[django ?? ""] ?? Infinity];
  const specifier = dependencies?.python;
  const fits = (minor: number): boolean =>
    allows(specifier?.specifier ?? "", minor) && minor >= least && minor <= newest;
  const usualMinor = Number(usual.split(".")[1]);
  if (fits(usualMinor)) return undefined;
  const version = MINORS.filter((minor) => minor <= usualMinor).find(fits) ?? [...MINORS].reverse().find(fits);
  if (version === undefined) return undefined;
  const said = specifier !== undefined && !allows(specifier.specifier, usualMinor);
  return {
    version: `3.${version}`,
    reason: said ? `${specifier.file}: ${specifier.specifier}` : `Django ${django ?? ""}`,
  };
}

/** The series of Django that is asked for, such as 4.2, where its version is pinned to one. */
export function djangoVersion(dependencies: Dependencies | undefined): string | undefined {
  const asked = dependencies?.packages.django ?? "";
  const [, pinned] = /^(?:==|~=|\^|~)?\s*(\d+\.\d+)/.exec(asked) ?? [];
  const [, below] = /<\s*(\d+\.\d+)/.exec(asked) ?? [];
  if (pinned !== undefined) return pinned;
  // ">=4.2,<5.0" is 4.2.
  return below === undefined
    ? undefined
    : Object.keys(NEWEST_FOR_DJANGO)
        .filter((one) => compare(one, below) < 0)
        .at(-1);
}

/** Whether a specifier (PEP 440, with Poetry's ^ and ~) allows some patch of 3.`minor`. */
export function allows(specifier: string, minor: number): boolean {
  return specifier.split("||").some((part) =>
    part
      .split(/[,\s]+(?=[<>=!~^*\d])|,/)
      .map((clause) => clause.replaceAll(" ", "").trim())
      .filter((clause) => clause !== "" && clause !== "*")
      .every((clause) => allowsClause(clause, minor)),
  );
}

function allowsClause(clause: string, minor: number): boolean {
  const [, operator = "", first = "3", second, rest] =
    /^(===?|~=|!=|<=|>=|<|>|\^|~)?(\d+)(?:\.(\d+|\*))?(.*)$/.exec(clause) ?? [];
  const major = Number(first);
  if (second === undefined || second === "*") {
    const [same, after] = [major === 3, major > 3];
    if (operator === "<" || operator === "<=") return after || (operator === "<=" && same);
    if (operator === ">") return major < 3;
    return operator === ">=" || operator === "^" ? major <= 3 : operator === "!=" ? !same : same;
  }
  const difference = major === 3 ? minor - Number(second) : 3 - major;
  // `<3.12.4` still allows a 3.12.
  const patch = /^\.[1-9]/.test(rest ?? "");
  switch (operator) {
    case "<":
      return difference < 0 || (patch && difference === 0);
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0 || (patch && difference === 0);
    case ">=":
      return difference >= 0;
    case "^":
      return major === 3 && difference >= 0;
    case "~=":
      return major === 3 && (/^\.\d/.test(rest ?? "") ? difference === 0 : difference >= 0);
    case "!=":
      return difference !== 0 || patch;
    default:
      return difference === 0;
  }
}

function compare(a: string, b: string): number {
  const [[majorA = 0, minorA = 0], [majorB = 0, minorB = 0]] = [a.split(".").map(Number), b.split(".").map(Number)];
  return majorA === majorB ? minorA - minorB : majorA - majorB;
}
