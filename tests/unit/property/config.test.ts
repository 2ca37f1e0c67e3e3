import fc from "fast-check";

import { readSettings } from "../../../config";
import { mistakeIn } from "../../support/arbitraries";
import { changed, FULL } from "../../support/settings";

test("one mistake anywhere in a valid configuration is one fault, named by its path", () => {
  fc.assert(
    fc.property(mistakeIn(FULL), ({ at, value }) => {
      expect(pathsOf(changed(FULL, at, value))).toEqual([at]);
    }),
  );
});

test("two mistakes in two settings are two faults", () => {
  fc.assert(
    fc.property(mistakeIn(FULL), mistakeIn(FULL), (one, other) => {
      fc.pre(one.at.split("/")[0] !== other.at.split("/")[0]);
      expect(pathsOf(changed(changed(FULL, one.at, one.value), other.at, other.value))).toEqual(
        [one.at, other.at].sort(),
      );
    }),
  );
});

function pathsOf(values: Record<string, unknown>): string[] {
  try {
    readSettings(values);
  } catch (error) {
    return String(error)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim().split(": ")[0] ?? "");
  }
  return [];
}
