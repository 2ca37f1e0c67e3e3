import execa from "execa";

import { UserError } from "../lib/errors";

/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command reads. Default: nothing. */
  readonly input?: string | Buffer;
  /** Milliseconds after which the command is killed. Default: none. */
  readonly timeout?: number;
  /** Called with each line the command writes, of both streams. */
  readonly onLine?: (line: string) => void;
  /** Leaves this process's own environment out. Default: false. */
  readonly cleanEnvironment?: boolean;
}

/** How many characters of a failed command's last output go into the error. */
const LAST_OUTPUT = 3000;

/** How much of a long command line an error shows. Characters. */
const LONGEST_COMMAND = 300;

/** Runs a command and gives its stdout, without the last newline. A failure names the command and its last lines. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = execa(command, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: options.cleanEnvironment !== true,
    // Not an empty input: a program that ends without reading it would make the pipe, and with it the command, fail.
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    timeout: options.timeout ?? 0,
    all: true,
    reject: false,
    maxBuffer: 256 * 1024 * 1024,
  });
  const { onLine } = options;
  if (onLine !== undefined) {
    let rest = "";
    child.all?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split(/\r?\n|\r/);
      rest = lines.pop() ?? "";
      lines
        .filter((line) => line.trim() !== "")
        .forEach((line) => {
          onLine(line);
        });
    });
  }
  const result = await child;
  if (result.failed) {
    const why = "shortMessage" in result ? String(result.shortMessage) : `Command failed: ${command}`;
    throw new UserError(`${why.slice(0, LONGEST_COMMAND)}\n${(result.all ?? "").slice(-LAST_OUTPUT)}`.trim());
  }
  return result.stdout;
}

/** Whether a command succeeds. Never throws. */
export async function succeeds(command: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  return run(command, args, options).then(
    () => true,
    () => false,
  );
}

/** Polls until a check answers something other than undefined, and gives that. After `seconds` the error says what was waited for. */
export async function until<T>(what: string, seconds: number, check: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last = "";
  for (;;) {
    const answer = await check().catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new UserError(`waited ${seconds} s for ${what}${last === "" ? "" : `; the last answer was: ${last}`}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** Between two polls. */
const POLL_MILLISECONDS = 200;
