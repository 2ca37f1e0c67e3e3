import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import Docker from "dockerode";

import { run } from "../process";

/** The processor an image is for, in Docker's words. */
export interface ImagePlatform {
  readonly architecture: string;
  readonly variant?: string;
}

/** What an image's configuration says beside its one layer. */
export interface ImageConfig extends ImagePlatform {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
}

/**
 * Writes a docker-archive of one layer by hand, because `docker import` (20.10) does not record the platform, and without it a build for
 * `linux/arm/v7` asks a registry for its base image instead of using this one. The layer is moved into `directory`.
 */
export async function writeArchive(
  directory: string,
  layer: string,
  reference: string,
  config: ImageConfig,
): Promise<string> {
  const { architecture, variant, ...rest } = config;
  await mkdir(join(directory, "archive"), { recursive: true });
  await rename(layer, join(directory, "archive", "layer.tar"));
  const digest = `sha256:${await sha256(join(directory, "archive", "layer.tar"))}`;
  const image = {
    os: "linux",
    architecture,
    ...(variant === undefined ? {} : { variant }),
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], ...rest },
    rootfs: { type: "layers", diff_ids: [digest] },
    history: [{ created_by: "homeport lab" }],
  };
  await writeFile(join(directory, "archive", "config.json"), JSON.stringify(image));
  const manifest = [{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }];
  await writeFile(join(directory, "archive", "manifest.json"), JSON.stringify(manifest));
  const archive = join(directory, "image.tar");
  await run("tar", ["-C", join(directory, "archive"), "-cf", archive, "config.json", "manifest.json", "layer.tar"]);
  return archive;
}

/** Loads a docker-archive into an engine. */
export async function loadArchive(docker: Docker, archive: string): Promise<void> {
  const answer = await docker.loadImage(createReadStream(archive), { quiet: true });
  await finished(docker, answer);
}

/** Waits for the end of one of the engine's progress streams; an error in it is thrown. */
export async function finished(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onProgress?: (line: string) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, events: readonly { error?: string }[] | null) => {
        const fault = error ?? events?.find((event) => event.error !== undefined)?.error;
        if (fault === undefined) {
          resolve();
        } else {
          reject(fault instanceof Error ? fault : new Error(fault));
        }
      },
      (event: { stream?: string; status?: string }) => {
        const line = (event.stream ?? event.status ?? "").trim();
        if (line !== "") {
          onProgress?.(line);
        }
      },
    );
  });
}

/** Whether an engine has an image. */
export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  return docker
    .getImage(reference)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
