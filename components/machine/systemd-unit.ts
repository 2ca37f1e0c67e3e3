import { managed } from "./managed";

/** Sections of a unit file, in order; a list gives one line per value. */
export type UnitSections = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A unit file or drop-in of systemd.syntax(7). */
export function renderUnit(source: string, sections: UnitSections): string {
  const body = Object.entries(sections).map(([section, entries]) =>
    [
      `[${section}]`,
      ...Object.entries(entries).flatMap(([key, value]) => [value].flat().map((one) => `${key}=${one}`)),
    ].join("\n"),
  );
  return `${managed(source)}${body.join("\n\n")}\n`;
}
