import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { expandHome, shortenHome } from "../lib/user-file";
import { Asker } from "./asker";

/** Asks for the operator's private key, by path; undefined: the ssh agent has one. */
export async function askPrivateKey(asker: Asker, known: string | undefined): Promise<string | undefined> {
  const usual = known ?? ((await agentHasKey()) ? "agent" : keyAtHome());
  const answer = await asker.ask({
    flag: "key",
    text: "Private key for both machines: its path, or 'agent' for the ssh agent's",
    default: usual,
    refuse: refuseKey,
  });
  return answer === "agent" ? undefined : shortenHome(expandHome(answer));
}

function refuseKey(answer: string): string | undefined {
  if (answer === "agent") return undefined;
  const file = expandHome(answer);
  if (!existsSync(file)) return "does not exist; make a key with 'ssh-keygen -t ed25519'";
  if (/\.pub$/.test(file)) return "is the public half: name the file without .pub";
  return readFileSync(file, "utf8").includes("PRIVATE KEY") ? undefined : "is no private key of OpenSSH";
}

async function agentHasKey(): Promise<boolean> {
  const { exitCode } = await execa("ssh-add", ["-l"], { reject: false, stdin: "ignore" }).catch(() => ({
    exitCode: 1,
  }));
  return exitCode === 0;
}

function keyAtHome(): string | undefined {
  const file = path.join(homedir(), ".ssh", "id_ed25519");
  return existsSync(file) ? shortenHome(file) : undefined;
}
