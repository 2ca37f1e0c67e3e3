import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** The trees of files as they stand on the hosts; `UPDATE_GOLDEN=1` writes them anew. */
export const GOLDEN = path.join(__dirname, "..", "golden");

const UPDATE = process.env["UPDATE_GOLDEN"] === "1";

/** Compares a text with the file `tests/golden/<name>`. */
export function expectGolden(name: string, text: string): void {
  const file = path.join(GOLDEN, name);
  if (UPDATE) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}

/** Compares the names of the files under `tests/golden/<tree>` with those that were made: nothing may be left over. */
export function expectGoldenTree(tree: string, names: readonly string[]): void {
  const there = filesUnder(path.join(GOLDEN, tree));
  if (UPDATE) {
    there
      .filter((name) => !names.includes(name))
      .forEach((name) => {
        rmSync(path.join(GOLDEN, tree, name));
      });
  }
  expect(filesUnder(path.join(GOLDEN, tree))).toEqual([...names].sort());
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}
