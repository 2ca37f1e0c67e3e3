import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { HostAddress } from "../../settings";
import { renderKnownHosts } from "./connection";

/**
 * Writes the pinned host keys for OpenSSH and returns the path: `.homeport/<stack>/known_hosts` in the project. It is the only file that the program writes
 * on the workstation, and holds no secret. Machines that left the settings stay in it: what is on them has yet to be removed.
 */
export function writeKnownHosts(stack: string, hosts: readonly HostAddress[]): string {
  const file = path.resolve(".homeport", stack, "known_hosts");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, renderKnownHosts(hosts, existsSync(file) ? readFileSync(file, "utf8") : ""));
  return file;
}
