import { createHash } from "node:crypto";
import { join } from "node:path";

import { Cache } from "../../../lab/cache";
import { run } from "../../../lab/process";
import { cacheDirectory } from "../../../lab/settings";

/** The Python with which an author writes a project: a virtual environment that has some packages of PyPI. */
export class AuthorsPython {
  private constructor(private readonly environment: string) {}

  /** Makes it in the lab's cache, once for each list of requirements, as pip takes them. */
  public static async with(requirements: readonly string[]): Promise<AuthorsPython> {
    const version = (await run("python3", ["-c", 'import sys; print("%d.%d" % sys.version_info[:2])'])).trim();
    const key = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
    const entry = await new Cache(cacheDirectory(process.env)).keep(`author-${key}-${version}`, async (directory) => {
      await run("python3", ["-m", "venv", directory]);
      const quiet = ["--quiet", "--disable-pip-version-check"];
      await run(join(directory, "bin", "python"), ["-m", "pip", "install", ...quiet, ...requirements]);
    });
    return new AuthorsPython(entry);
  }

  /** Runs Python with these words in a folder, and gives what it said. */
  public async run(folder: string, ...words: string[]): Promise<string> {
    return run(join(this.environment, "bin", "python"), words, {
      cwd: folder,
      env: { PYTHONDONTWRITEBYTECODE: "1" },
    });
  }

  /** Runs a program that a package has brought, whose first line may name a folder of before. */
  public async program(folder: string, name: string, ...words: string[]): Promise<string> {
    return this.run(folder, join(this.environment, "bin", name), ...words);
  }
}
