import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { Engine } from "../engine/engine";
import { Tell, installPackages } from "../packages";
import { run } from "../process";
import { Availability } from "../toolchain/downloads";
import { hasImage, loadArchive, writeArchive } from "./archive";
import { BuildFile, buildImage, contentKey } from "./build";
import { BOOTSTRAP, Mirror, RELEASE, sourceLines } from "./debian";
import { HUB_BASE } from "./hub";

/** The bundle of certificate authorities this machine trusts: its registries may be signed by one of its own. */
export const MACHINE_CA = "/etc/ssl/certs/ca-certificates.crt";

/** The images of the lab's hosts, by reference. */
export interface HostImages {
  /** For `vps` and `pi`. */
  readonly host: string;
  /** For `router`, `visitor`, `acme` and `dns`. */
  readonly services: string;
}

/** Makes the hosts' images in the engine, unless it has them. */
export async function provideHostImages(
  engine: Engine,
  cache: Cache,
  mirror: Mirror,
  available: Availability,
  tell: Tell,
): Promise<HostImages> {
  const files = [
    ...(await readFiles(join(__dirname, "host"), ["Dockerfile", "network", "homeport-lab-network.service"])),
    { name: "sources.list", text: `${sourceLines(mirror).join("\n")}\n` },
    { name: "ca-certificates.crt", text: await readFile(MACHINE_CA, "utf8") },
  ];
  const services = await readFiles(join(__dirname, "services"), ["Dockerfile"]);
  const hostImage = `homeport-lab/host:${RELEASE}-${contentKey(files)}`;
  const servicesImage = `homeport-lab/services:${RELEASE}-${contentKey(services, hostImage)}`;
  await cache.exclusively("host-images", async () => {
    if (!(await hasImage(engine.docker, hostImage))) {
      const base = await provideBase(engine, cache, mirror, available, tell);
      await buildImage(engine.docker, hostImage, files, { BASE: base }, tell);
    }
    if (!(await hasImage(engine.docker, servicesImage))) {
      await buildImage(engine.docker, servicesImage, services, { BASE: hostImage }, tell);
    }
  });
  return { host: hostImage, services: servicesImage };
}

/** A plain Debian in the engine: Docker Hub's, or one made from the packages. */
async function provideBase(
  engine: Engine,
  cache: Cache,
  mirror: Mirror,
  available: Availability,
  tell: Tell,
): Promise<string> {
  if (available.hub) {
    return HUB_BASE;
  }
  const { architecture } = engine.platform;
  const reference = `homeport-lab/debian:${RELEASE}-${architecture}`;
  const archive = await cache.keep(`debian-${RELEASE}-${architecture}`, async (directory) => {
    await installPackages(BOOTSTRAP, tell);
    const layer = join(directory, "layer.tar");
    const options = ["--variant=minbase", `--arch=${architecture}`, "--include=ca-certificates"];
    await run("mmdebstrap", [...options, RELEASE, layer, ...sourceLines(mirror)], { onLine: tell });
    await writeArchive(directory, layer, reference, { architecture, Cmd: ["bash"] });
    await run("rm", ["-r", join(directory, "archive")]);
  });
  if (!(await hasImage(engine.docker, reference))) {
    await loadArchive(engine.docker, join(archive, "image.tar"));
  }
  return reference;
}

async function readFiles(directory: string, names: readonly string[]): Promise<BuildFile[]> {
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), "utf8") })));
}
