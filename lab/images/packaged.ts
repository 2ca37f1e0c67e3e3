import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { hasImage } from "./archive";
import { buildImage, contentKey } from "./build";
import { RELEASE, sourceLines } from "./debian";
import { MACHINE_CA, provideBase, Workshop } from "./host";

/** Programs that the stack runs from images, each with a folder here. */
export type Packaged = "postgres" | "redis";

/** Makes an image of one of Debian's programs in the engine, for the engine's own processor, unless it is there, and gives its reference. */
export async function providePackagedImage(workshop: Workshop, program: Packaged): Promise<string> {
  const { engine, cache, mirror, report } = workshop;
  const folder = join(__dirname, program);
  const own = (await readdir(folder)).sort().map(async (name) => ({
    name,
    text: await readFile(join(folder, name), "utf8"),
  }));
  const files = [
    ...(await Promise.all(own)),
    { name: "sources.list", text: `${sourceLines(mirror, RELEASE).join("\n")}\n` },
    { name: "ca-certificates.crt", text: await readFile(MACHINE_CA, "utf8") },
  ];
  const reference = `homeport-lab/${program}:${RELEASE}-${contentKey(files)}`;
  return cache.exclusively(`${program}-image`, async () => {
    if (!(await hasImage(engine.docker, reference))) {
      await buildImage(engine.docker, reference, files, { BASE: await provideBase(workshop, RELEASE) }, report);
    }
    return reference;
  });
}
