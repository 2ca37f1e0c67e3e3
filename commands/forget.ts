import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { exportState, importState, nameOf } from "../state";
import { UserError } from "../lib/errors";
import { serverState, withoutForgotten } from "./forgotten";
import { Ssh } from "./ssh";
import { stackName } from "./stack";

export interface ForgetOptions {
  readonly stack?: string;
  /** Without it the command only says what it would do. */
  readonly yes?: boolean;
}

/**
 * `npm run forget -- SERVER [--yes]`: takes a server that is gone for good out of the stack's state, so that `pulumi up` does not wait for it. Nothing else
 * is touched: what depends on it stays, without that word. A server that answers is refused, because an `up` takes everything off it.
 */
export async function forget(server: string, { stack: asked, yes = false }: ForgetOptions): Promise<number> {
  const stack = await stackName(asked);
  const before = await exportState(stack);
  const { engine, resources } = serverState(
    // Where commands go to is secret in the state; of this text nothing is kept.
    await exportState(stack, { showSecrets: true }),
    server,
  );
  const failure = await Ssh.byUrl(engine.url, engine.sshOptions).failure();
  if (failure === undefined) {
    throw new UserError(
      `${server} (${engine.url}) is reachable, so 'pulumi up' can clean it up: remove its entry from homeport:servers. To give its name to another machine, switch this one off first`,
    );
  }
  say(`${server} (${engine.url}) is unreachable: ${failure}`);
  say(`These ${resources.length} resources would leave the state:`);
  for (const { urn } of resources) say(`  ${nameOf(urn)}`);
  if (!yes) {
    say(`Nothing was changed. If ${server} is gone for good: npm run forget -- ${server} --yes --stack ${stack}`);
    return 0;
  }
  const copy = path.resolve(".homeport", stack, `before-forget-${server}.json`);
  mkdirSync(path.dirname(copy), { recursive: true });
  writeFileSync(copy, before, { mode: 0o600 });
  await importState(stack, withoutForgotten(before, resources));
  say(`Forgotten. The state of before is in ${copy}: pulumi stack import --stack ${stack} --file FILE brings it back.`);
  say(`Now take ${server} out of homeport:servers, or give another machine its name there, and run 'pulumi up'.`);
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
