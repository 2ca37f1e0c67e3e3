import { createWriteStream, existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { readByCli, stackLocks } from "../../state";
import { Instance } from "../instance";
import { Report } from "../progress";
import { run } from "../process";

/** The outputs of the stack that the lab reads. */
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

/** A line in which Pulumi only reports that it is waiting. */
const WAITING = /^@ updating\.+$/;

/** Runs the ordinary `pulumi up` of the stack against this lab. Its whole output is in `.lab/INSTANCE/up.log`. */
export async function deploy(instance: Instance, env: Readonly<Record<string, string>>, report: Report): Promise<void> {
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
          report(line);
        }
      },
    });
  } finally {
    log.end();
  }
}

/** Removes the locks that killed runs have left on the stack. One whose process lives stays: Pulumi then refuses, and says whose it is. */
async function releaseDeadLocks(instance: Instance): Promise<void> {
  const locks = await stackLocks(join(instance.directory, "backend"));
  await Promise.all(locks.filter(({ live }) => !live).map(({ file }) => rm(file, { force: true })));
}

/** The outputs of the stack; none if there is no stack yet. */
export async function stackOutputs(instance: Instance, env: Readonly<Record<string, string>>): Promise<StackOutputs> {
  if (!existsSync(join(instance.directory, "backend"))) return {};
  const args = ["stack", "output", "--json", "--show-secrets"];
  const text = await readByCli(instance.stack, args, { cwd: instance.checkout, env }).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes("no stack named")) return "{}";
    throw error;
  });
  return JSON.parse(text) as StackOutputs;
}
