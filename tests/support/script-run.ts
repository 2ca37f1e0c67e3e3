import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { scriptText } from "../../commands/script-text";
import { script } from "../../components/machine/scripts";
import { writeFiles } from "./directory";
import { Ended } from "./tools";

/** A script in which a setting has another value; `setting`: its whole line, such as `WAIT_SECONDS=2`. */
export function withSetting(text: string, setting: string): string {
  const [name = ""] = setting.split("=");
  const line = new RegExp(`^${name}=.*$`, "m");
  if (!line.test(text)) throw new Error(`the script has no setting ${name}`);
  return text.replace(line, setting);
}

/** A directory of programs that stand before the machine's own on PATH, and of what they write down. */
export class FakePrograms {
  /** Files that the fakes read and write; they find it in FAKES. */
  public readonly directory: string;

  /** `programs`: shell scripts by name. */
  public constructor(root: string, programs: Readonly<Record<string, string>>) {
    this.directory = mkdtempSync(path.join(root, "fakes-"));
    writeFiles(
      path.join(this.directory, "bin"),
      Object.fromEntries(Object.entries(programs).map(([name, body]) => [name, `#!/bin/sh\n${body}`])),
      0o755,
    );
  }

  /** Runs a script of components/ by `sh -c`, as the command provider does. */
  public run(name: string, environment: Readonly<Record<string, string>>, input = ""): Ended {
    return this.start("/bin/sh", ["-c", script(name)], environment, input);
  }

  /** Runs a script of components/ as a host does: it comes on stdin, with its data behind it. `settings`: lines of it, such as `WAIT_SECONDS=2`. */
  public pipe(name: string, data: string, ...settings: readonly string[]): Ended {
    return this.start("bash", ["-s"], {}, settings.reduce(withSetting, script(name)) + data);
  }

  /** The same for a script that has a verb. */
  public pipeVerb(name: string, verb: string, data: string): Ended {
    return this.start("bash", ["-s", verb], {}, script(name) + data);
  }

  /** Runs a script of commands/scripts with arguments, as ssh has a machine's shell do it. */
  public command(name: string, words: readonly string[], input = ""): Ended {
    return this.start("/bin/sh", ["-c", scriptText(name), "homeport", ...words], {}, input);
  }

  private start(
    program: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
    input: string,
  ): Ended {
    const { status, stdout, stderr } = spawnSync(program, words, {
      input,
      encoding: "utf8",
      env: {
        PATH: `${path.join(this.directory, "bin")}:${process.env["PATH"] ?? ""}`,
        FAKES: this.directory,
        ...environment,
      },
    });
    return { code: status, stdout, stderr };
  }

  /** What a fake wrote into a file; empty where there is none. */
  public read(name: string): string {
    try {
      return readFileSync(path.join(this.directory, name), "utf8");
    } catch {
      return "";
    }
  }
}
