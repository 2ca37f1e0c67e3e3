import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { UserError } from "../lib/errors";

/** Answers given on the command line, by the name of their flag without dashes. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** A question to the person who runs a command. */
export interface Question {
  /** The flag that answers it, without dashes. */
  readonly flag: string;
  readonly text: string;
  /** What to do where nobody can be asked. Default: to give the flag. */
  readonly instead?: string;
  /** Taken for an empty answer; undefined: there has to be one. */
  readonly default?: string | undefined;
  /** Why an answer cannot be taken; undefined: it can. */
  readonly refuse?: (answer: string) => string | undefined;
  /** Whether the answer is a secret: it is not shown. */
  readonly hidden?: boolean;
}

/** Asks a person, or takes the answers from flags where nobody can be asked. */
export class Asker {
  /** `asks`: whether a person sits at a terminal and has not said that every default is right. */
  public constructor(
    private readonly flags: Flags,
    private readonly asks: boolean,
  ) {}

  /** The answer: the flag's, the person's, or the default. A flag's is refused with an error, a person's is asked for again. */
  public async ask({
    flag,
    text,
    default: usual,
    refuse = () => undefined,
    hidden = false,
    instead = `give --${flag}`,
  }: Question): Promise<string> {
    const given = this.flags[flag] ?? (this.asks ? undefined : usual);
    if (given !== undefined) {
      const fault = refuse(given);
      if (fault === undefined) return given;
      throw new UserError(`--${flag}: ${hidden ? "" : `'${given}' `}${fault}`);
    }
    if (!this.asks) throw new UserError(`${text}: there is no terminal to ask at, so ${instead}`);
    for (;;) {
      const typed = (await readLine(`${text}${usual === undefined ? "" : ` [${usual}]`}: `, hidden)).trim();
      const answer = typed === "" ? usual : typed;
      const fault = answer === undefined ? "an answer is needed" : refuse(answer);
      if (answer !== undefined && fault === undefined) return answer;
      process.stdout.write(`  ${fault ?? ""}\n`);
    }
  }

  /** What a flag says; undefined: it was not given. */
  public given(flag: string): string | undefined {
    return this.flags[flag];
  }

  /** A yes or no of a person; `otherwise` where nobody can be asked. */
  public async confirm(text: string, otherwise: boolean): Promise<boolean> {
    if (!this.asks) return otherwise;
    return /^y(es)?$/i.test((await readLine(`${text} (yes/no): `, false)).trim());
  }
}

function readLine(prompt: string, hidden: boolean): Promise<string> {
  const silent = new Writable({
    write(_text, _encoding, done) {
      done();
    },
  });
  process.stdout.write(prompt);
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stdout,
    terminal: process.stdin.isTTY,
  });
  return new Promise((resolve, reject) => {
    let answered = false;
    lines.once("line", (line) => {
      answered = true;
      lines.close();
      if (hidden) process.stdout.write("\n");
      resolve(line);
    });
    lines.once("SIGINT", () => {
      lines.close();
    });
    lines.once("close", () => {
      if (!answered) reject(new UserError("no answer: nothing was changed"));
    });
  });
}
