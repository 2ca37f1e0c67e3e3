import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import * as path from "node:path";

import { z } from "zod";

import { expandHome } from "../lib/user-file";
import { CommandError } from "./command-error";
import { pulumi } from "./stack";

const FILES = "file://";

/** A lock of a file backend (pulumi, pkg/backend/diy/lock.go). */
const lockSchema = z.object({ pid: z.number(), hostname: z.string(), timestamp: z.string() });

/**
 * Refuses where another command of Pulumi is at work on a stack: to end its lock would have two of them at once. Known of a file backend and of this
 * workstation; Pulumi Cloud refuses by itself what is under way.
 */
export async function refuseLiveRun(stack: string): Promise<void> {
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await pulumi(["whoami", "--json"])));
  if (!url.startsWith(FILES)) return;
  const lock = await liveLock(path.join(expandHome(url.slice(FILES.length)), ".pulumi", "locks"), stack);
  if (lock !== undefined) {
    throw new CommandError(
      `a command of Pulumi is at work on ${stack} (process ${lock.pid}, since ${lock.timestamp}): wait for its end, or press Ctrl-C there`,
    );
  }
}

/** The lock of a process of this workstation that lives, of those below a directory that are of a stack. */
export async function liveLock(directory: string, stack: string): Promise<z.output<typeof lockSchema> | undefined> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".json") && path.basename(path.dirname(one)) === stack)) {
    const lock = lockSchema.safeParse(JSON.parse(await readFile(path.join(directory, name), "utf8").catch(() => "{}")));
    if (lock.success && lock.data.hostname === hostname() && isAlive(lock.data.pid)) return lock.data;
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
