import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A program named `ssh` that connects to a socket of this machine, whatever host it is asked for, and records its arguments. */
export class FakeSsh {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "homeport-ssh-"));

  constructor(socket: string) {
    const program = path.join(this.folder, "ssh");
    const notes = JSON.stringify(this.notes);
    writeFileSync(
      program,
      `#!${process.execPath}
require("fs").appendFileSync(${notes}, process.argv.slice(2).join(" ") + "\\n");
const socket = require("net").connect(${JSON.stringify(socket)});
process.stdin.pipe(socket).pipe(process.stdout);
`,
    );
    chmodSync(program, 0o755);
  }

  private get notes(): string {
    return path.join(this.folder, "calls");
  }

  /** The environment in which it is found first. */
  get env(): NodeJS.ProcessEnv {
    return { PATH: `${this.folder}:${process.env.PATH ?? ""}` };
  }

  /** The arguments of each start so far. */
  calls(): string[] {
    return readFileSync(this.notes, "utf8").trim().split("\n");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
