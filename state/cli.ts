import { execFile, ExecFileException } from "node:child_process";
import { hostname } from "node:os";

import { messageOf, UserError } from "../lib/errors";
import { lockAdvice } from "./lock-advice";
import { isAlive } from "./process";
import { retryHalfWritten } from "./retry";

/** Bytes; a state takes some hundred kilobytes. */
const LARGEST_OUTPUT = 2 ** 28;

/** Options of a run of the Pulumi CLI. */
export interface CliOptions {
  /** What it reads. Default: nothing. */
  readonly input?: string;
  /** Default: this process's. */
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the Pulumi CLI and returns its stdout. */
export function pulumi(args: readonly string[], { input = "", cwd, env }: CliOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: LARGEST_OUTPUT };
    const child = execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failure(args, error, stderr.trim()));
    });
    // A CLI that exits without reading closes the pipe; its exit code says why.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

function failure(args: readonly string[], { code, message }: ExecFileException, said: string): UserError {
  if (code === "ENOENT") {
    return new UserError("no Pulumi CLI on PATH: install it from https://www.pulumi.com/docs/install/");
  }
  const locked = lockAdvice(said, { name: hostname(), isAlive });
  if (locked !== undefined) return new UserError(locked);
  // A program that was killed has no exit code; Node's message then names the signal.
  return new UserError(`pulumi ${args.slice(0, 2).join(" ")} failed: ${said === "" ? message : said}`);
}

/** Replaces a stack's state. */
export async function importState(stack: string, text: string): Promise<void> {
  await pulumi(["stack", "import", "--stack", stack], { input: text });
}

/** The name of the stack that is selected. */
export async function selectedStack(): Promise<string> {
  try {
    return (await retryHalfWritten("the selected stack", () => pulumi(["stack", "--show-name"]))).trim();
  } catch (error) {
    if (!/no stack selected/.test(messageOf(error))) throw error;
    throw new UserError(
      "no stack is selected: add '-- --stack NAME', or run 'pulumi stack select NAME' ('pulumi stack ls' lists them)",
    );
  }
}
