import { cp } from "node:fs/promises";
import { join } from "node:path";

/** A project by ASGI: WebSockets over a channel layer in Redis, server-sent events, and jobs for a worker. No Dockerfile. */
export async function makeChannels(directory: string): Promise<void> {
  await cp(join(__dirname, "channels"), directory, { recursive: true });
}
