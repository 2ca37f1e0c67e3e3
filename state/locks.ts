import { readdir, readFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import * as path from "node:path";

import { z } from "zod";

import { pulumi } from "./cli";
import { isAlive } from "./process";

/** A lock of a file backend (pulumi, pkg/backend/diy/lock.go). */
const lockSchema = z.object({ pid: z.number(), hostname: z.string(), timestamp: z.string() });

/** A lock on a stack that a Pulumi command of this workstation holds or left behind. */
export interface StackLock {
  readonly file: string;
  readonly stack: string;
  readonly pid: number;
  /** When it was taken. */
  readonly timestamp: string;
  /** Whether the process still runs. */
  readonly live: boolean;
}

const FILES = "file://";

/** The directory of the file backend in use; undefined where another backend is. */
export async function backendDirectory(): Promise<string | undefined> {
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await pulumi(["whoami", "--json"])));
  return directoryOf(url);
}

/** The directory that a backend's address names, read as Pulumi does; undefined where it is none of files. */
export function directoryOf(url: string): string | undefined {
  if (!url.startsWith(FILES)) return undefined;
  const [named = ""] = url.slice(FILES.length).split("?");
  // `pulumi login --local` leaves `file://~`.
  return named.startsWith("~") ? path.join(homedir(), named.slice(1)) : path.resolve(named);
}

/** The locks of this workstation on the stacks of a file backend. */
export async function stackLocks(backend: string): Promise<StackLock[]> {
  const directory = path.join(backend, ".pulumi", "locks");
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).map((name) => path.join(directory, name));
  return (await Promise.all(files.map(lockOf))).flat();
}

async function lockOf(file: string): Promise<StackLock[]> {
  // Its command may just have removed it.
  const lock = lockSchema.safeParse(JSON.parse(await readFile(file, "utf8").catch(() => "{}")));
  if (!lock.success || lock.data.hostname !== hostname()) return [];
  const { pid, timestamp } = lock.data;
  return [{ file, stack: path.basename(path.dirname(file)), pid, timestamp, live: isAlive(pid) }];
}
