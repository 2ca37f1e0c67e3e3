import * as command from "@pulumi/command";

import { HostAddress } from "../../settings";
import { quote } from "../../lib/quote";

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

/**
 * OpenSSH options with the same guarantees: only the pinned key, only the named identity, no prompts. The state keeps them for Docker's provider, so nothing in them
 * is of one workstation: the key is in the options and in no file, a command prints it for whatever name ssh looks up (%H; OpenSSH 8.5 or newer).
 */
export function opensshOptions(host: HostAddress): string[] {
  return [
    "-F",
    "/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    "UserKnownHostsFile=none",
    "-o",
    "GlobalKnownHostsFile=none",
    "-o",
    // ssh takes an absolute path only, and env is in the same place everywhere.
    `KnownHostsCommand=/usr/bin/env echo %H ${host.hostKey}`,
    "-o",
    // Detects a dead machine after three of these; the default is to wait forever (ssh_config(5)).
    `ServerAliveInterval=${ALIVE_SECONDS}`,
    // Without a key of its own only the agent's, like the plugin: with OpenSSH's usual files preview would pass where up fails.
    ...(host.privateKeyFile === undefined
      ? ["-o", "IdentityFile=none"]
      : ["-o", "IdentitiesOnly=yes", "-i", host.privateKeyFile]),
  ];
}

/** A short connect timeout, 5 seconds, for where a person waits. */
export const SHORT_CONNECT: readonly string[] = ["-o", "ConnectTimeout=5"];

/** Options of an ssh command for which a person waits, with the port. */
export function interactiveOptions(host: HostAddress): string[] {
  return [...opensshOptions(host), ...SHORT_CONNECT, "-o", "LogLevel=ERROR", "-p", String(host.port)];
}

/** Options that make an ssh command go through another host. */
export function jumpOptions(through: HostAddress): string[] {
  // ssh expands what a percent sign begins, and some of the other host's options have one for the ssh in front.
  const own = (words: readonly string[]): string[] => words.map((word) => word.replaceAll("%", "%%"));
  const words = ["ssh", ...own(interactiveOptions(through)), "-W", "%h:%p", ...own([loginOf(through)])];
  return ["-o", `ProxyCommand=${words.map(quote).join(" ")}`];
}

/** `user@address`. */
export function loginOf(host: HostAddress): string {
  return `${host.user}@${host.address}`;
}
