import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { renderKnownHosts } from "./connection";
import { HostAddress } from "../../settings/host-address";

/**
 * Writes the pinned host keys where OpenSSH can read them, and returns the file's path: `.homeport/<stack>/known_hosts` in the project.
 * It is the only file that the program writes on the workstation; it holds no secret. Machines that are taken out of the settings stay in it: what is on
 * them is yet to be removed.
 */
export function writeKnownHosts(stack: string, hosts: readonly HostAddress[]): string {
  const file = path.resolve(".homeport", stack, "known_hosts");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, renderKnownHosts(hosts, existsSync(file) ? readFileSync(file, "utf8") : ""));
  return file;
}
