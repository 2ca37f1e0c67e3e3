import * as command from "@pulumi/command";

import { HostAddress } from "../../settings/host-address";

/** A dial is given up after this time. Seconds; the plugin's own default is 15. */
const DIAL_SECONDS = 10;

/**
 * Dials before a host counts as unreachable. Together with the timeout and the plugin's pauses it is longer than the 60 s after which an
 * unconfirmed change is put back (scripts/host/), so that the host can tell what happened.
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

/** A host that was silent for this time is asked whether it is there. Seconds. */
const ALIVE_SECONDS = 10;

/** Options of OpenSSH that give the same guarantees: only the pinned key, only the named identity, never a question. */
export function opensshOptions(host: HostAddress, knownHostsFile: string): string[] {
  return [
    "-F",
    "/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    // In quotes, because the option takes several files, divided by spaces.
    `UserKnownHostsFile="${knownHostsFile}"`,
    "-o",
    // A machine that was switched off is noticed after three of these; the default is to wait for ever (ssh_config(5)).
    `ServerAliveInterval=${ALIVE_SECONDS}`,
    ...(host.privateKeyFile === undefined ? [] : ["-o", "IdentitiesOnly=yes", "-i", host.privateKeyFile]),
  ];
}

/** `user@address`. */
export function loginOf(host: HostAddress): string {
  return `${host.user}@${host.address}`;
}

/** One line a host, as in sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT", and those of a file before that speak of other hosts. */
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
