import { copyFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { Cache } from "../cache";
import { BuildFile, contentKey } from "../images/build";
import { Tell } from "../packages";
import { run } from "../process";
import { goBuild, goEnvironment, provideGo } from "./go";
import { TRAEFIK } from "./versions";

/** Traefik as a Go module. */
const MODULE = "github.com/traefik/traefik/v3";

/** The directory with the go.mod of the build. */
const RECIPE = join(__dirname, "traefik");

/** A file that is put into a copy of a module before it is built. */
interface Replacement {
  readonly module: string;
  /** In the recipe's directory. */
  readonly from: string;
  /** In the module. */
  readonly to: string;
}

/**
 * The page: Traefik does not start its dashboard without one, and the module does not have it. The providers: with one of them the build takes half
 * the time.
 */
const REPLACEMENTS: readonly Replacement[] = [
  { module: MODULE, from: "replaced/index.html", to: "webui/static/index.html" },
  {
    module: "github.com/go-acme/lego/v5",
    from: "replaced/dns_providers.go",
    to: "providers/dns/zz_gen_dns_providers.go",
  },
];

/** Gives the path of the Traefik binary, built unless it is there. */
export async function provideTraefik(cache: Cache, architecture: string, tell: Tell): Promise<string> {
  const entry = await cache.keep(`traefik-${TRAEFIK}-${architecture}-${await recipeKey()}`, async (directory) => {
    const work = join(directory, "work");
    await cp(RECIPE, work, { recursive: true });
    for (const replacement of REPLACEMENTS) {
      await replaceFile(cache, work, replacement, tell);
    }
    const program = {
      module: work,
      program: `${MODULE}/cmd/traefik`,
      variables: { [`${MODULE}/pkg/version.Version`]: TRAEFIK },
    };
    await goBuild(cache, program, join(directory, "traefik"), tell);
    await rm(work, { recursive: true });
  });
  return join(entry, "traefik");
}

async function recipeKey(): Promise<string> {
  const names = ["go.mod", "go.sum", ...REPLACEMENTS.map(({ from }) => from)];
  const files = names.map(async (name): Promise<BuildFile> => ({
    name,
    text: await readFile(join(RECIPE, name), "utf8"),
  }));
  return contentKey(await Promise.all(files));
}

/** Puts a writable copy of a module beside the go.mod, with one file replaced. go.sum has vouched for the rest before. */
async function replaceFile(cache: Cache, work: string, { module, from, to }: Replacement, tell: Tell): Promise<void> {
  await provideGo(tell);
  const env = goEnvironment(cache);
  tell(`go mod download ${module}`);
  const json = await run("go", ["mod", "download", "-json", module], { cwd: work, env });
  const { Dir, Version } = JSON.parse(json) as { Dir: string; Version: string };
  const copy = `source-${basename(join(module, ".."))}`;
  await run("cp", ["-r", Dir, join(work, copy)]);
  await run("chmod", ["-R", "u+w", join(work, copy)]);
  await copyFile(join(work, from), join(work, copy, to));
  const goMod = join(work, "go.mod");
  await writeFile(goMod, `${await readFile(goMod, "utf8")}\nreplace ${module} ${Version} => ./${copy}\n`);
}
