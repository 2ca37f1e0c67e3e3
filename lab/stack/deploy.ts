import { createWriteStream } from "node:fs";
import { join } from "node:path";

import { STACK } from "../domain";
import { Instance } from "../instance";
import { Tell } from "../packages";
import { run } from "../process";

/** What the stack answers a person. */
export interface StackOutputs {
  readonly url?: string;
  readonly admin?: { readonly url: string; readonly user: string };
  readonly adminPassword?: string;
}

/** Runs the ordinary `pulumi up` of the stack against this lab. Its whole output is in `.lab/INSTANCE/up.log`. */
export async function deploy(instance: Instance, env: Readonly<Record<string, string>>, tell: Tell): Promise<void> {
  const stacks = await run("pulumi", ["stack", "ls", "--json"], { cwd: instance.checkout, env });
  const names = (JSON.parse(stacks) as readonly { name: string }[]).map((stack) => stack.name);
  if (!names.includes(STACK)) {
    await run("pulumi", ["stack", "init", STACK], { cwd: instance.checkout, env });
  }
  // A run that was killed leaves its lock behind. The lab holds a lock of its own, so that nobody else is at work.
  await run("pulumi", ["cancel", "--yes", STACK], { cwd: instance.checkout, env }).catch(() => "");
  const log = createWriteStream(join(instance.directory, "up.log"), { mode: 0o600 });
  try {
    await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK], {
      cwd: instance.checkout,
      env,
      onLine: (line) => {
        log.write(`${line}\n`);
        tell(line);
      },
    });
  } finally {
    log.end();
  }
}

/** The outputs of the stack; none if there is no stack yet. */
export async function stackOutputs(instance: Instance, env: Readonly<Record<string, string>>): Promise<StackOutputs> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", STACK];
  const text = await run("pulumi", args, { cwd: instance.checkout, env }).catch(() => "{}");
  return JSON.parse(text) as StackOutputs;
}
