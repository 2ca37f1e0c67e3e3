import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import Docker from "dockerode";
import { pack } from "tar-stream";

import { messageOf, UserError } from "../../lib/errors";
import { Report } from "../progress";
import { finished } from "./archive";

/** A file of a build: its text and mode. */
export interface BuildFile {
  readonly name: string;
  readonly text: string;
}

/** The short digest of a build's files: part of the image's tag, so that a changed file makes another image. */
export function contentKey(files: readonly BuildFile[], ...more: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file.name}\0${file.text}\0`);
  }
  more.forEach((text) => hash.update(`${text}\0`));
  return hash.digest("hex").slice(0, 12);
}

/** A tar archive of some small files, as Docker's API takes it. */
export async function packFiles(files: readonly BuildFile[], mode = 0o644): Promise<Buffer> {
  const archive = pack();
  files.forEach((file) => archive.entry({ name: file.name, mode }, file.text));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Builds an image in the engine, by the API's own builder: it needs no client program beside the engine, in whatever version, and no plugin
 * of one.
 */
export async function buildImage(
  docker: Docker,
  reference: string,
  files: readonly BuildFile[],
  buildargs: Record<string, string>,
  report: Report,
): Promise<void> {
  const context = await packFiles(files);
  try {
    const stream = await docker.buildImage(Readable.from([context]), {
      t: reference,
      buildargs,
      version: "1",
      forcerm: true,
    });
    await finished(docker, stream, report);
  } catch (error) {
    throw new UserError(`the image ${reference} could not be built: ${messageOf(error)}`);
  }
}
