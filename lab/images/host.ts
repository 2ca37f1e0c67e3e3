import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { Engine } from "../engine/engine";
import { installPackages } from "../engine/apt";
import { Report } from "../progress";
import { run } from "../process";
import { Availability } from "../toolchain/downloads";
import { hasImage, loadArchive, writeArchive } from "./archive";
import { BuildFile, buildImage, contentKey } from "./build";
import { BOOTSTRAP, Mirror, RELEASE, Release, sourceLines } from "./debian";
import { hubBase } from "./hub";

/** The bundle of certificate authorities this machine trusts: its registries may be signed by one of its own. */
export const MACHINE_CA = "/etc/ssl/certs/ca-certificates.crt";

/** The images of the lab's hosts, by reference. */
export interface HostImages {
  /** For the machines that the program manages. */
  readonly host: string;
  /** For those around them. */
  readonly services: string;
}

/** Where images are made of what. */
export interface Workshop {
  readonly engine: Engine;
  readonly cache: Cache;
  readonly mirror: Mirror;
  readonly available: Availability;
  readonly report: Report;
}

/** Builds the hosts' images unless the engine has them. The chosen release is that of the hosts the program manages. */
export async function provideHostImages(workshop: Workshop, release: Release): Promise<HostImages> {
  const { engine, cache, report } = workshop;
  return cache.exclusively("host-images", async () => {
    const base = await provideHostImage(workshop, RELEASE);
    const files = await readFiles(join(__dirname, "services"), ["Dockerfile"]);
    const services = `homeport-lab/services:${RELEASE}-${contentKey(files, base)}`;
    if (!(await hasImage(engine.docker, services))) {
      await buildImage(engine.docker, services, files, { BASE: base }, report);
    }
    return { services, host: release === RELEASE ? base : await provideHostImage(workshop, release) };
  });
}

/** A bare host of a release. */
async function provideHostImage(workshop: Workshop, release: Release): Promise<string> {
  const { engine, mirror, report } = workshop;
  const files = [
    ...(await readFiles(join(__dirname, "host"), ["Dockerfile", "network", "homeport-lab-network.service"])),
    { name: "sources.list", text: `${sourceLines(mirror, release).join("\n")}\n` },
    { name: "ca-certificates.crt", text: await readFile(MACHINE_CA, "utf8") },
  ];
  const reference = `homeport-lab/host:${release}-${contentKey(files)}`;
  if (!(await hasImage(engine.docker, reference))) {
    await buildImage(engine.docker, reference, files, { BASE: await provideBase(workshop, release) }, report);
  }
  return reference;
}

/** A plain Debian in the engine: Docker Hub's, or one made from the packages. */
export async function provideBase(
  { engine, cache, mirror, available, report }: Workshop,
  release: Release,
): Promise<string> {
  if (available.hub) {
    return hubBase(release);
  }
  const { architecture } = engine.platform;
  const reference = `homeport-lab/debian:${release}-${architecture}`;
  const archive = await cache.keep(`debian-${release}-${architecture}`, async (directory) => {
    await installPackages(BOOTSTRAP, report);
    const layer = join(directory, "layer.tar");
    const options = ["--variant=minbase", `--arch=${architecture}`, "--include=ca-certificates"];
    await run("mmdebstrap", [...options, release, layer, ...sourceLines(mirror, release)], { onLine: report });
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
