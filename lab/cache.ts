import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { lock } from "proper-lockfile";

/** A lock whose owner has not renewed it for this long is taken over: its owner was killed. Milliseconds. */
const STALE = 15_000;

/** Between two tries for a lock someone else holds. Milliseconds. */
const RETRY = 500;

/**
 * What is built once for all labs of this user, one entry a name that contains its version. An entry is made under a temporary name and
 * renamed when it is complete, so that an interrupted run leaves none, and under a lock, so that two runs do not build the same twice.
 */
export class Cache {
  constructor(readonly directory: string) {}

  /** The path of an entry, which need not exist. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** Whether an entry is there. */
  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** The path of an entry. If it is not there, `make` fills the directory it is given, which then becomes the entry. */
  async keep(name: string, make: (directory: string) => Promise<void>): Promise<string> {
    const path = this.path(name);
    if (!this.has(name)) {
      await this.exclusively(name, async () => {
        if (!this.has(name)) {
          const unfinished = this.path(`.unfinished-${name}`);
          await rm(unfinished, { recursive: true, force: true });
          await mkdir(unfinished, { recursive: true });
          await make(unfinished);
          await rename(unfinished, path);
        }
      });
    }
    return path;
  }

  /** Does something that two runs must not do at once. */
  async exclusively<T>(name: string, action: () => Promise<T>): Promise<T> {
    const locks = this.path("locks");
    await mkdir(locks, { recursive: true });
    const file = join(locks, name);
    const options = { realpath: false, stale: STALE };
    const release = await lock(file, options).catch((error: unknown) => {
      if (!isLocked(error)) {
        throw error;
      }
      process.stderr.write(`lab: waiting for another run to finish (${name})\n`);
      return lock(file, { ...options, retries: { forever: true, minTimeout: RETRY, maxTimeout: RETRY } });
    });
    try {
      return await action();
    } finally {
      await release();
    }
  }
}

/** Whether an error of proper-lockfile says that someone else has the lock. */
function isLocked(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ELOCKED";
}
