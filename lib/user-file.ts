import { lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import { UserError } from "./errors";
import { ownFile } from "./own-folder";

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

/**
 * A path as you would write it: the same on each of your workstations, whatever the home directory is called there. ssh reads the tilde as well. A relative path
 * stays as it is, and so does an absolute one elsewhere.
 */
export function shortenHome(file: string): string {
  if (!path.isAbsolute(file)) return file;
  const inHome = path.relative(homedir(), file);
  return inHome === "" || inHome.startsWith("..") ? file : `~/${inHome}`;
}

/** The same for programs that know no tilde, as the state may keep it: a path below the home directory goes through a link to it in this checkout. */
export function linkHome(file: string): string {
  const short = shortenHome(file);
  if (!short.startsWith("~/")) return short;
  const link = ownFile("home");
  if (targetOf(link) !== homedir()) {
    rmSync(link, { force: true });
    symlinkSync(homedir(), link);
  }
  return path.join(link, short.slice(2));
}

function targetOf(link: string): string | undefined {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(link) : undefined;
}
