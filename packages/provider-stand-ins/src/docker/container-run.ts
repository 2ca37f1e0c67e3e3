import type Docker from "dockerode";
import { setTimeout as pause } from "node:timers/promises";

import type { PropertyMap } from "../support/values";
import { apiMessage, calling, Diagnostic } from "./failure";
import { flagOf } from "./properties";

/** How often, in milliseconds, the provider asks for a container's health. */
const HEALTH_INTERVAL = 1000;

/** Waits until the container's own check calls it healthy, at most the given number of seconds. */
export async function waitForHealth(docker: Docker, id: string, timeout: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeout * 1000;
  for (;;) {
    const health = await healthOf(docker, id);
    if (health === undefined) {
      throw new Diagnostic(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a 'healthcheck' attribute",
      );
    }
    if (health === "healthy") return;
    const left = deadline - Date.now();
    if (left <= 0 || signal.aborted) throw new Diagnostic("container failed to be in healthy state");
    await pause(Math.min(HEALTH_INTERVAL, left), undefined, { signal }).catch(() => undefined);
  }
}

async function healthOf(docker: Docker, id: string): Promise<string | undefined> {
  try {
    return (await docker.getContainer(id).inspect()).State.Health?.Status;
  } catch (error) {
    throw new Diagnostic(`error inspecting container state: ${apiMessage(error)}`);
  }
}

/** Waits for the end of a container that runs once; answers what it printed, both streams together, where logs are asked for. */
export async function runAttached(docker: Docker, id: string, planned: PropertyMap): Promise<string | undefined> {
  const container = docker.getContainer(id);
  await calling("Unable to wait container end of execution", container.wait({ condition: "not-running" }));
  if (!flagOf(planned, "logs")) return undefined;
  const raw = await calling(
    "unable to read container logs",
    container.logs({ stdout: true, stderr: true, follow: false }),
  );
  return (flagOf(planned, "tty") ? raw : withoutFrames(raw)).toString("utf8");
}

/** Bytes before each piece of output: the stream's number, three zeros, and the length as four bytes. */
const FRAME_HEADER = 8;

/** Docker's two output streams in one, without the header of each piece (docker/pkg/stdcopy). */
function withoutFrames(raw: Buffer): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + FRAME_HEADER <= raw.length;) {
    const start = at + FRAME_HEADER;
    const end = start + raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(start, end));
    at = end;
  }
  return Buffer.concat(pieces);
}
