import { readFileSync } from "node:fs";
import * as path from "node:path";

import execa from "execa";

import { interactiveOptions, loginOf, readFailure, unreachedMessage } from "../components/machine";
import { scriptCommand } from "../lib/quote";
import { printable } from "../lib/printable";
import { UserError } from "../lib/errors";
import { HostAddress } from "../settings";

/** A machine that takes the operator's key. */
export interface MachineLook {
  /** Such as `Debian GNU/Linux 12 (bookworm)`. */
  readonly system: string;
  /** As Docker names it; undefined: a processor that no image is built for. */
  readonly platform: "linux/arm/v7" | "linux/arm64" | "linux/amd64" | undefined;
  /** dpkg's word for the processor, such as `armhf`. */
  readonly processor: string;
  /** Whether the user is root, or may become it without a password. */
  readonly sudo: boolean;
  readonly memoryMb: number;
  readonly freeMb: number;
  /** The first routers on its way to the address that was named; undefined for one that was silent. */
  readonly hops: readonly (string | undefined)[];
}

/** Docker's platform of each of dpkg's architectures. A 64-bit kernel under 32-bit programs runs 32-bit images best: dpkg decides. */
const PLATFORMS: Readonly<Record<string, MachineLook["platform"]>> = {
  armhf: "linux/arm/v7",
  arm64: "linux/arm64",
  amd64: "linux/amd64",
};

/** Logs in once with the pinned host key and looks around, also along the way to `toward`, an address such as the VPS's; changes nothing. Throws a UserError that says what to do where the login fails. */
export async function lookAt(host: HostAddress, toward = ""): Promise<MachineLook> {
  const words = [...interactiveOptions(host), loginOf(host)];
  const text = readFileSync(path.join(__dirname, "look.sh"), "utf8");
  const command = scriptCommand(text, [toward]);
  const { exitCode, stdout, stderr } = await execa("ssh", [...words, command], { reject: false, stdin: "ignore" });
  if (exitCode === 0) return readLook(printable(stdout));
  throw new UserError(unreachedMessage(host, readFailure(exitCode, printable(stderr)), process.env["SSH_AUTH_SOCK"]));
}

/** Reads what the look printed. Lines that a login shell prints besides are left out. */
export function readLook(text: string): MachineLook {
  const all = text.split("\n").flatMap((line) => {
    const [, word = "", value = ""] = /^(\w+) (.+)$/.exec(line) ?? [];
    return word === "" ? [] : [{ word, value }];
  });
  const first = (word: string): string => all.find((one) => one.word === word)?.value ?? "unknown";
  const processor = first("programs");
  return {
    system: first("system"),
    platform: PLATFORMS[processor],
    processor: processor === "unknown" ? first("kernel") : processor,
    sudo: first("sudo") === "yes",
    memoryMb: Number(first("memory")),
    freeMb: Number(first("disk")),
    hops: all.filter(({ word }) => word === "hop").map(({ value }) => (value === "-" ? undefined : value)),
  };
}
