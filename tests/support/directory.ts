import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** A directory that is gone after the tests of a file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "homeport-test-"));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Writes files by their relative names; directories are made. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>, mode = 0o644): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
}

/** A directory in which the tests of a file run, as `pulumi` runs the program in its project's; removed at the end. */
export function workingDirectory(): string {
  const before = process.cwd();
  const directory = temporaryDirectory();
  beforeAll(() => {
    process.chdir(directory);
  });
  afterAll(() => {
    process.chdir(before);
  });
  return directory;
}
