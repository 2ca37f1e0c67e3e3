import { copyFile, mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { Cache } from "../cache";
import { Engine } from "../engine/engine";
import { run } from "../process";
import { TRAEFIK } from "../toolchain/versions";
import { hasImage, loadArchive, writeArchive } from "./archive";
import { contentKey } from "./build";
import { MACHINE_CA } from "./host";

/** Makes the Traefik image from a static binary and the certificate authorities this machine trusts, unless the engine has it, and gives its reference. It holds nothing else. */
export async function provideTraefikImage(engine: Engine, cache: Cache, binary: string): Promise<string> {
  const { architecture } = engine.platform;
  const key = contentKey(
    [{ name: "authorities", text: await readFile(MACHINE_CA, "utf8") }],
    basename(dirname(binary)),
  );
  const reference = `homeport-lab/traefik:${TRAEFIK}-${key}`;
  const entry = await cache.keep(`traefik-image-${TRAEFIK}-${architecture}-${key}`, async (directory) => {
    const root = join(directory, "root");
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
    await mkdir(join(root, "tmp"), { mode: 0o1777 });
    await copyFile(binary, join(root, "usr/local/bin/traefik"));
    await copyFile(MACHINE_CA, join(root, "etc/ssl/certs/ca-certificates.crt"));
    const layer = join(directory, "layer.tar");
    await run("chmod", ["1777", join(root, "tmp")]);
    await run("tar", ["-C", root, "--owner=0", "--group=0", "--numeric-owner", "-cf", layer, "."]);
    await writeArchive(directory, layer, reference, { architecture, Entrypoint: ["traefik"] });
    await run("rm", ["-r", root, join(directory, "archive")]);
  });
  if (!(await hasImage(engine.docker, reference))) {
    await loadArchive(engine.docker, join(entry, "image.tar"));
  }
  return reference;
}
