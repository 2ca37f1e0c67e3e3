import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Cache } from "../cache";
import { UserError } from "../../lib/errors";
import { BuildFile, contentKey } from "../images/build";
import { Report } from "../progress";
import { run } from "../process";
import { goEnvironment, provideGo } from "./go";

/** A text of a module's file that another takes the place of. It occurs once in the file; a pattern is global. */
export interface Edit {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/**
 * What a copy of a module lacks when a program is built from it, because the lab never uses it and it costs most of the build's time. Each
 * cut has to fit the module as it is: a new version that has moved any of it fails the build.
 */
export interface Cuts {
  /** Import path of the module. */
  readonly module: string;
  /** The directory beside the go.mod whose files take the place of the module's files of the same path. */
  readonly files: string;
  /** Those of these files that the module does not have. */
  readonly added: readonly string[];
  /** Files of the module that go. */
  readonly removed: readonly string[];
  readonly edits: readonly Edit[];
}

/** The edits that take lines out of a file, each given without the space before it. */
export function withoutLines(file: string, lines: readonly string[]): Edit[] {
  return lines.map((line) => ({ file, from: `\t${line}\n`, to: "\n" }));
}

/** Puts a copy of each module beside the go.mod, cuts it, and has the build use it. go.sum has vouched for the module before. */
export async function cutModules(cache: Cache, work: string, cuts: readonly Cuts[], report: Report): Promise<void> {
  await provideGo(report);
  const env = goEnvironment(cache);
  for (const cut of cuts) {
    report(`go mod download ${cut.module}`);
    const json = await run("go", ["mod", "download", "-json", cut.module], { cwd: work, env });
    const { Dir, Version } = JSON.parse(json) as { Dir: string; Version: string };
    const copy = `cut-${cut.files}`;
    // Links, because a module may have 80 MB; what is cut is rewritten as a new file, so the module itself stays unchanged.
    await run("cp", ["-rl", Dir, join(work, copy)]);
    await run("find", [join(work, copy), "-type", "d", "-exec", "chmod", "u+w", "{}", "+"]);
    await cutDirectory(join(work, copy), join(work, cut.files), cut);
    const goMod = join(work, "go.mod");
    await writeFile(goMod, `${await readFile(goMod, "utf8")}\nreplace ${cut.module} ${Version} => ./${copy}\n`);
  }
}

/** Cuts the copy of a module; `files` has what takes a place in it. */
export async function cutDirectory(
  copy: string,
  files: string,
  { module, added, removed, edits }: Omit<Cuts, "files">,
): Promise<void> {
  const misfit = (what: string): UserError =>
    new UserError(
      `the cuts of ${module} no longer fit it: ${what}; compare lab/toolchain with the module's new version`,
    );
  const whole = (file: string): string => {
    if (!existsSync(join(copy, file))) throw misfit(`there is no ${file}`);
    return join(copy, file);
  };
  for (const file of removed) {
    await rm(whole(file));
  }
  for (const { file, from, to } of edits) {
    const path = whole(file);
    const text = await readFile(path, "utf8");
    const found = [...text.matchAll(pattern(from))].length;
    if (found !== 1) throw misfit(`${file} has ${found} times, not once: ${String(from).trim()}`);
    await rm(path);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
  for (const file of await filesBelow(files)) {
    if (added.includes(file)) {
      if (existsSync(join(copy, file))) throw misfit(`${file} is not new`);
      await mkdir(dirname(join(copy, file)), { recursive: true });
    } else {
      await rm(whole(file));
    }
    await copyFile(join(files, file), join(copy, file));
  }
}

/** The short digest of a recipe: its go.mod and go.sum, and what is cut. */
export async function recipeKey(recipe: string, cuts: readonly Cuts[]): Promise<string> {
  const inside = cuts.map(async ({ files }) =>
    (await filesBelow(join(recipe, files))).map((file) => join(files, file)),
  );
  const names = ["go.mod", "go.sum", ...(await Promise.all(inside)).flat()];
  const files = names.map(async (name): Promise<BuildFile> => ({
    name,
    text: await readFile(join(recipe, name), "utf8"),
  }));
  const shown = JSON.stringify(cuts, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value));
  return contentKey(await Promise.all(files), shown);
}

function pattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "g") : text;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
