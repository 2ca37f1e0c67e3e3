import { execFileSync } from "node:child_process";

import fc from "fast-check";

import { quote } from "../../../lib/quote";

test("a shell reads every word back as it was", () => {
  const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const read = execFileSync("sh", ["-c", `printf '%s\\0' ${words.map(quote).join(" ")}`], { encoding: "utf8" });
      expect(read.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 30 },
  );
});

test.each(["-f", "--since=1h", "/data/db.sqlite3"])("%s needs no quotes", (word) => {
  expect(quote(word)).toBe(word);
});
