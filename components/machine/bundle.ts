import { HostDirectory, HostFile, HostSpec, UnitAction } from "./host-spec";
import { CONTENT_INDENT, directive } from "./protocol";

/** Identifies a bundle. */
export interface BundleHeader {
  /** Name of the bundle on the host. */
  readonly name: string;
  /** The stack that owns it: `project/stack`. */
  readonly owner: string;
  /** Stored on the host with the bundle and reported back while nothing has drifted; one line. */
  readonly revision: string;
}

/** The text that the host script reads after itself: one directive per line, contents indented. Pulumi's diff of it then is the changed line itself. */
export function renderBundle(header: BundleHeader, spec: Omit<HostSpec, "checks">): string {
  return lines([
    ...renderHeader(header),
    ...sorted(spec.packages).map((name) => directive("package", { name })),
    ...spec.groups.map(({ group, user }) => directive("group", { group, user })),
    ...spec.directories.map(renderDirectory),
    ...[...spec.files].sort(inOrder).flatMap(renderFile),
    ...spec.units.map((unit) => directive("unit", { unit })),
    ...spec.needs.flatMap(({ claim, command }) => [directive("need", { claim }), ...indent(command)]),
    ...spec.serves.map(({ app, container }) => directive("serve", { app, container })),
    ...spec.things.map(({ kind, name }) => directive("thing", { kind, name })),
    ...sorted(spec.leftovers).map((path) => directive("leftover", { path })),
    ...spec.notes.map((text) => directive("note", { text })),
    ...spec.watches.map((watch) =>
      directive("watch", { kind: watch.kind, watched: `${watch.name} ${renderAction(watch)}` }),
    ),
  ]);
}

/** The text for the verb `verify`: the checks, and the digest of the bundle they verify. */
export function renderChecks(header: BundleHeader, spec: Pick<HostSpec, "checks">, digest: string): string {
  return lines([
    ...renderHeader(header),
    directive("digest", { sha256: digest }),
    ...spec.checks.flatMap(({ claim, command }) => [directive("check", { claim }), ...indent(command)]),
  ]);
}

function renderHeader({ name, owner, revision }: BundleHeader): string[] {
  return [
    directive("bundle", { name }),
    directive("owner", { stack: owner }),
    directive("revision", { text: revision }),
  ];
}

function renderDirectory({ path, mode = "0755", owner = "root:root" }: HostDirectory): string {
  return directive("dir", { path, mode, owner });
}

function renderFile({ path, text, mode = "0644", owner = "root:root", onChange, guard = false }: HostFile): string[] {
  const action = onChange === undefined ? "-" : renderAction(onChange);
  return [directive("file", { path, mode, owner, action, guard: guard ? "guard" : "-" }), ...indent(text)];
}

function renderAction({ action, unit }: UnitAction): string {
  return `${action}:${unit}`;
}

function indent(text: string): string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `${CONTENT_INDENT}${line}`);
}

function inOrder(one: HostFile, other: HostFile): number {
  return Number(one.last === true) - Number(other.last === true) || compare(one.path, other.path);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

function sorted(words: readonly string[]): string[] {
  return [...words].sort(compare);
}

// By code unit: the result must not depend on the workstation's locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
