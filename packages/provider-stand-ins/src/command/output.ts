import type { Context } from "../support/resource";
import type { PropertyValue } from "../support/values";
import type { Output } from "./inputs";

/** Names of the environment variables that hand the last run's output to the next. */
export const PREVIOUS_STDOUT = "PULUMI_COMMAND_STDOUT";
export const PREVIOUS_STDERR = "PULUMI_COMMAND_STDERR";

/** Collects what a command writes and shows it, line by line, as the resource's progress. */
export class OutputCollector {
  private readonly stdout: Buffer[] = [];
  private readonly stderr: Buffer[] = [];
  private readonly both: Buffer[] = [];
  private readonly toStdout: boolean;
  private readonly toStderr: boolean;
  private line = "";

  /** `logging` is the input of that name: stdout, stderr, stdoutAndStderr (also by default) or anything else for nothing. */
  constructor(
    logging: PropertyValue | undefined,
    private readonly context: Context,
  ) {
    const everything = (logging ?? null) === null || logging === "stdoutAndStderr";
    this.toStdout = everything || logging === "stdout";
    this.toStderr = everything || logging === "stderr";
  }

  onStdout(chunk: Buffer): void {
    this.stdout.push(chunk);
    this.both.push(chunk);
    if (this.toStdout) this.log(chunk);
  }

  onStderr(chunk: Buffer): void {
    this.stderr.push(chunk);
    this.both.push(chunk);
    if (this.toStderr) this.log(chunk);
  }

  /** The outputs of a command that succeeded. */
  finish(): Output {
    this.flush();
    return { stdout: text(this.stdout).replace(/\n$/, ""), stderr: text(this.stderr).replace(/\n$/, "") };
  }

  /** The error of a command that failed: how it ended, its text, and all it wrote, whatever `logging` says. */
  fail(ending: string, command: string): Error {
    this.flush();
    return new Error(`${ending}: running ${goQuote(command)}:\n${text(this.both)}`);
  }

  private log(chunk: Buffer): void {
    const lines = (this.line + chunk.toString()).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) this.context.log("info", line.replace(/\r$/, ""), true);
  }

  private flush(): void {
    if (this.line !== "") this.context.log("info", this.line, true);
    this.line = "";
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks.map((chunk) => Uint8Array.from(chunk))).toString();
}

/** Escapes that Go's %q writes by a letter. */
const GO_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** A text in double quotes as Go's %q writes it, which is how the real plugin prints a command. */
export function goQuote(value: string): string {
  const escaped = value.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => {
    const short = GO_ESCAPES[char];
    if (short !== undefined) return short;
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${escaped}"`;
}
