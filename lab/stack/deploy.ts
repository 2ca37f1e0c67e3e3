import { createWriteStream, existsSync } from "node:fs";
import { readFile, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { Instance } from "../instance";
import { Tell } from "../packages";
import { run } from "../process";

/** What the stack answers a person. */
export interface StackOutputs {
  readonly url?: string;
  /** Where both addresses are the same, there is one way only: `fromAnywhere` forwards the port first. */
  readonly admin?: {
    readonly url: string;
    readonly user: string;
    readonly forwarded?: string;
    readonly fromAnywhere?: string;
  };
  readonly adminPassword?: string;
}

/** A line of Pulumi's that says only that time passes. */
const WAITING = /^@ updating\.+$/;

/** Runs the ordinary `pulumi up` of the stack against this lab. Its whole output is in `.lab/INSTANCE/up.log`. */
export async function deploy(instance: Instance, env: Readonly<Record<string, string>>, tell: Tell): Promise<void> {
  const stacks = await run("pulumi", ["stack", "ls", "--json"], { cwd: instance.checkout, env });
  const names = (JSON.parse(stacks) as readonly { name: string }[]).map((stack) => stack.name);
  if (!names.includes(instance.stack)) {
    await run("pulumi", ["stack", "init", instance.stack], { cwd: instance.checkout, env });
  }
  await releaseDeadLocks(instance);
  const log = createWriteStream(join(instance.directory, "up.log"), { mode: 0o600 });
  try {
    await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", instance.stack], {
      cwd: instance.checkout,
      env,
      onLine: (line) => {
        log.write(`${line}\n`);
        if (!WAITING.test(line)) {
          tell(line);
        }
      },
    });
  } finally {
    log.end();
  }
}

/** A lock of Pulumi's file backend. */
interface StackLock {
  readonly pid?: number;
  readonly hostname?: string;
}

/** Removes the locks that killed runs have left on the stack. One whose process lives stays: Pulumi then refuses, and says whose it is. */
async function releaseDeadLocks(instance: Instance): Promise<void> {
  const directory = join(instance.directory, "backend", ".pulumi", "locks");
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  for (const path of names.filter((name) => name.endsWith(".json")).map((name) => join(directory, name))) {
    const { pid, hostname: host } = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as StackLock;
    if (pid !== undefined && host === hostname() && !existsSync(`/proc/${pid}`)) {
      await rm(path, { force: true });
    }
  }
}

/** The outputs of the stack; none if there is no stack yet. */
export async function stackOutputs(instance: Instance, env: Readonly<Record<string, string>>): Promise<StackOutputs> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", instance.stack];
  const text = await run("pulumi", args, { cwd: instance.checkout, env }).catch(() => "{}");
  return JSON.parse(text) as StackOutputs;
}
