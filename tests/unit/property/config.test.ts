import fc from "fast-check";

import { readSettings } from "../../../settings/load";
import { UserError } from "../../../lib/errors";
import { anyPlace, mistakeIn } from "../../support/arbitraries";
import { changed, documented, FULL } from "../../support/settings";

test("one mistake anywhere in a valid configuration is one fault, named by its path", () => {
  fc.assert(
    fc.property(mistakeIn(FULL), ({ at, value }) => {
      expect(pathsOf(changed(FULL, at, value), [documented(at)])).toEqual([documented(at)]);
    }),
  );
});

test("two mistakes in two settings are two faults", () => {
  fc.assert(
    fc.property(mistakeIn(FULL), mistakeIn(FULL), (one, other) => {
      fc.pre(one.at.split("/")[0] !== other.at.split("/")[0]);
      const places = [documented(one.at), documented(other.at)].sort();
      expect(pathsOf(changed(changed(FULL, one.at, one.value), other.at, other.value), places)).toEqual(places);
    }),
  );
});

test("whatever stands anywhere is taken, or reported in words of ours", () => {
  fc.assert(
    fc.property(anyPlace(FULL), fc.jsonValue({ maxDepth: 2 }), (at, value) => {
      let said = "";
      try {
        readSettings(changed(FULL, at, value));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        said = String(error);
      }
      expect(said).not.toMatch(/Invalid (input|discriminator)|received|ZodError|\[object/);
    }),
  );
});

// Where a setting takes a map, the fault of a wrong one is named within it.
function pathsOf(values: Record<string, unknown>, places: readonly string[]): string[] {
  try {
    readSettings(values);
  } catch (error) {
    const paths = String(error)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim().split(": ")[0] ?? "");
    return [
      ...new Set(
        paths.map((path) => places.find((at) => path.startsWith(`${at}.`) || path.startsWith(`${at}[`)) ?? path),
      ),
    ];
  }
  return [];
}
