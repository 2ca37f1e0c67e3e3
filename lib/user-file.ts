import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import { UserError } from "./errors";

/** The text of a file that a setting names; `at` is the setting's path, for the message of a fault. */
export function readUserFile(at: string, file: string): string {
  try {
    return readFileSync(expandHome(file), "utf8");
  } catch (error) {
    throw new UserError(`${at}: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A path as you write it, made absolute. */
export function expandHome(file: string): string {
  return file === "~" || file.startsWith("~/") ? path.join(homedir(), file.slice(1)) : path.resolve(file);
}

/** An absolute path as you would write it: the same on each of your workstations, whatever the home directory is called there. */
export function shortenHome(file: string): string {
  const inHome = path.relative(homedir(), file);
  return inHome.startsWith("..") ? file : `~/${inHome}`;
}
