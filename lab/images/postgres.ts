import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { hasImage } from "./archive";
import { buildImage, contentKey } from "./build";
import { RELEASE, sourceLines } from "./debian";
import { MACHINE_CA, provideBase, Workshop } from "./host";

/** Makes the PostgreSQL image in the engine, for the engine's own processor, unless it is there, and gives its reference. */
export async function providePostgresImage(workshop: Workshop): Promise<string> {
  const { engine, cache, mirror, report } = workshop;
  const own = ["Dockerfile", "entrypoint"].map(async (name) => ({
    name,
    text: await readFile(join(__dirname, "postgres", name), "utf8"),
  }));
  const files = [
    ...(await Promise.all(own)),
    { name: "sources.list", text: `${sourceLines(mirror, RELEASE).join("\n")}\n` },
    { name: "ca-certificates.crt", text: await readFile(MACHINE_CA, "utf8") },
  ];
  const reference = `homeport-lab/postgres:${RELEASE}-${contentKey(files)}`;
  return cache.exclusively("postgres-image", async () => {
    if (!(await hasImage(engine.docker, reference))) {
      await buildImage(engine.docker, reference, files, { BASE: await provideBase(workshop, RELEASE) }, report);
    }
    return reference;
  });
}
