import type Docker from "dockerode";

import { apiMessage, Diagnostic, isMissing, messageOf } from "./failure";

/** Sees to it that a container's image is there: found locally, or pulled. */
export async function ensureImage(docker: Docker, image: string): Promise<void> {
  if (await isLocal(docker, image)) return;
  try {
    await pull(docker, image);
  } catch (error) {
    throw unable(image, `unable to pull image ${image}: error pulling image ${image}: ${apiMessage(error)}`);
  }
  if (!(await isLocal(docker, image))) throw unable(image, `unable to find or pull image ${image}`);
}

async function isLocal(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw unable(
      image,
      `findImage1: error looking up local image "${image}": unable to inspect image ${image}: ${apiMessage(error)}`,
    );
  }
}

async function pull(docker: Docker, image: string): Promise<void> {
  const stream: NodeJS.ReadableStream = await docker.pull(image);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => {
      if (error) reject(new Error(messageOf(error)));
      else resolve();
    });
  });
}

function unable(image: string, reason: string): Diagnostic {
  return new Diagnostic(`Unable to create container with image ${image}: ${reason}`);
}
