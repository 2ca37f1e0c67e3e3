import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";

/** Bytes; no file that says something about a project is larger, lock files included. */
const LARGEST = 2 ** 25;

/** Folders that hold no project of the author's: others' packages, tests, examples, what tools keep. */
const PASSED_OVER =
  /^(\..*|node_modules|site-packages|venv|env|virtualenv|tests?|testing|examples?|docs?|build|dist|__pycache__)$/;

/** A project's folder, only read. Names are from the folder, with slashes; what cannot be read is not there. */
export class Folder {
  public constructor(public readonly directory: string) {}

  /** The text of a file; undefined where there is none. */
  public read(name: string): string | undefined {
    try {
      const file = path.join(this.directory, name);
      const state = statSync(file);
      return state.isFile() && state.size <= LARGEST ? readFileSync(file, "utf8").replace(/^\uFEFF/, "") : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether there is such a file. */
  public has(name: string): boolean {
    return this.kind(name) === "file";
  }

  /** Whether there is such a directory. */
  public hasDirectory(name: string): boolean {
    return this.kind(name) === "directory";
  }

  /** Names of what is in a directory, sorted; "" is the folder itself. */
  public list(directory: string): readonly string[] {
    try {
      return readdirSync(path.join(this.directory, directory)).sort();
    } catch {
      return [];
    }
  }

  /** The folder and those below it that may hold the author's code, the upper ones first; `depth` levels down. */
  public directories(depth: number): readonly string[] {
    const all = [""];
    let level = [""];
    for (let down = 0; down < depth; down++) {
      level = level.flatMap((above) =>
        this.list(above)
          .filter((name) => !PASSED_OVER.test(name))
          .map((name) => joined(above, name))
          .filter((name) => this.hasDirectory(name)),
      );
      all.push(...level);
    }
    return all;
  }

  private kind(name: string): "file" | "directory" | undefined {
    try {
      const state = statSync(path.join(this.directory, name));
      return state.isFile() ? "file" : state.isDirectory() ? "directory" : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A path in a folder; "" is the folder itself. */
export function joined(...parts: readonly string[]): string {
  const name = path.posix.join(...parts);
  return name === "." ? "" : name.replace(/^\.\//, "");
}
