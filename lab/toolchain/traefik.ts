import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { contentKey } from "../images/build";
import { Tell } from "../packages";
import { run } from "../process";
import { goBuild, goEnvironment, provideGo } from "./go";
import { TRAEFIK } from "./versions";

/** Traefik as a Go module. */
const MODULE = "github.com/traefik/traefik/v3";

/** What stands in for the dashboard's page: Traefik does not start its dashboard without one, and the page is not in the module. */
const PAGE =
  "<!doctype html><title>Traefik</title><p>This Traefik was built without its web interface; its API is under /api/.\n";

/** Gives the path of the Traefik binary, built unless it is there. */
export async function provideTraefik(cache: Cache, architecture: string, tell: Tell): Promise<string> {
  const goMod = await readFile(join(__dirname, "traefik", "go.mod"), "utf8");
  const key = contentKey([{ name: "go.mod", text: goMod }], PAGE);
  const entry = await cache.keep(`traefik-${TRAEFIK}-${architecture}-${key}`, async (directory) => {
    const work = join(directory, "work");
    await cp(join(__dirname, "traefik"), work, { recursive: true });
    await prepareSource(cache, work, tell);
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

/** Puts a writable copy of the module, with the page, beside the go.mod. go.sum has vouched for it before. */
async function prepareSource(cache: Cache, work: string, tell: Tell): Promise<void> {
  await provideGo(tell);
  const env = goEnvironment(cache);
  tell(`go mod download ${MODULE}`);
  const json = await run("go", ["mod", "download", "-json", `${MODULE}@v${TRAEFIK}`], { cwd: work, env });
  const { Dir } = JSON.parse(json) as { Dir: string };
  const source = join(work, "source");
  await run("cp", ["-r", Dir, source]);
  await run("chmod", ["-R", "u+w", source]);
  await writeFile(join(source, "webui", "static", "index.html"), PAGE);
  const goMod = join(work, "go.mod");
  await writeFile(goMod, `${await readFile(goMod, "utf8")}\nreplace ${MODULE} => ./source\n`);
}
