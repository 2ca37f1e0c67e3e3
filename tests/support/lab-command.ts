import execa, { ExecaChildProcess } from "execa";

import { CHECKOUT, Lab } from "./lab";
import { Ended } from "./lab-machine";

/** Milliseconds a command may take: an emulated processor starts Django and hashes a password. */
const COMMAND_TIMEOUT = 240_000;

/** Starts one of the daily commands, such as `npm run manage -- --stack dev check`. */
export function startCommand(
  { stack }: Lab,
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ExecaChildProcess {
  return execa("npm", ["run", "--silent", name, "--", "--stack", stack.name, ...words], {
    cwd: CHECKOUT,
    env: { ...stack.env, ...env },
    stdin: "ignore",
    // A group of its own, because Ctrl-C in a terminal is a signal to all of a group: npm does not pass it on.
    detached: true,
    reject: false,
    timeout: COMMAND_TIMEOUT,
  });
}

/** What Ctrl-C does. */
export function interrupt({ pid }: ExecaChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGINT");
}

/** Runs one of them. */
export async function command(
  lab: Lab,
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { exitCode, stdout, stderr } = await startCommand(lab, name, words, env);
  return { code: exitCode, stdout, stderr };
}
