import { execFileSync, spawnSync } from "node:child_process";

import fc from "fast-check";

import { missingTool } from "../../support/tools";
import { quote, scriptCommand } from "../../../lib/quote";

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

describe("a script on a machine", () => {
  const shells = ["sh", "bash", "zsh", "fish", "tcsh", "ksh"].filter(
    (name) => missingTool(name, ["-c", "true"]) === undefined,
  );

  test.each(shells)("is run whatever the login shell is: %s", (shell) => {
    const text = "set -eu\nfor word; do\n  printf '<%s>' \"$word\" # it's\ndone\n";
    const command = scriptCommand(text, ["two words", "it's", "$HOME `id`"]);
    expect(command).not.toContain("\n");
    const { stdout } = spawnSync(shell, ["-c", command], { encoding: "utf8" });
    expect(stdout).toBe("<two words><it's><$HOME `id`>");
  });

  test("is run without the line ends of Windows", () => {
    const { stdout } = spawnSync("sh", ["-c", scriptCommand("if true; then\r\n  echo yes\r\nfi\r\n", [])], {
      encoding: "utf8",
    });
    expect(stdout).toBe("yes\n");
  });
});
