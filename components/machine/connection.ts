import * as command from "@pulumi/command";

import { HostAddress } from "../../settings";

/** Timeout of one dial, seconds; the plugin's default is 15. */
const DIAL_SECONDS = 10;

/**
 * Dials before a host counts as unreachable. With the timeout and the plugin's pauses this takes longer than the 60 s after which an unconfirmed change is
 * reverted (scripts/guard.sh), so that the host can report what happened.
 */
const DIALS = 10;

/** The connection of the command provider: pinned host key, bounded time. */
export function commandConnection(host: HostAddress): command.types.input.remote.ConnectionArgs {
  return {
    host: host.address,
    port: host.port,
    user: host.user,
    hostKey: host.hostKey,
    ...(host.privateKey === undefined ? {} : { privateKey: host.privateKey }),
    dialErrorLimit: DIALS,
    perDialTimeout: DIAL_SECONDS,
  };
}

/** Seconds of silence before ssh probes the connection. */
const ALIVE_SECONDS = 10;

/** OpenSSH options with the same guarantees: only the pinned key, only the named identity, no prompts. */
export function opensshOptions(host: HostAddress, knownHostsFile: string): string[] {
  return [
    "-F",
    "/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    // Quoted: the option takes several files, separated by spaces.
    `UserKnownHostsFile="${knownHostsFile}"`,
    "-o",
    // Detects a dead machine after three of these; the default is to wait forever (ssh_config(5)).
    `ServerAliveInterval=${ALIVE_SECONDS}`,
    ...(host.privateKeyFile === undefined ? [] : ["-o", "IdentitiesOnly=yes", "-i", host.privateKeyFile]),
  ];
}

/** `user@address`. */
export function loginOf(host: HostAddress): string {
  return `${host.user}@${host.address}`;
}

/** One line per host (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), plus the previous file's lines for other hosts. */
export function renderKnownHosts(hosts: readonly HostAddress[], before = ""): string {
  const known = hosts.map((host) => ({
    name: host.port === 22 ? host.address : `[${host.address}]:${host.port}`,
    key: host.hostKey,
  }));
  const others = before
    .split("\n")
    .filter((line) => line !== "" && !known.some(({ name }) => line.startsWith(`${name} `)));
  return [...known.map(({ name, key }) => `${name} ${key}`), ...others]
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}
