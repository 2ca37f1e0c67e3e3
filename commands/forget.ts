import { writeFileSync } from "node:fs";
import * as path from "node:path";

import { exportState, importState, nameOf } from "../state";
import { UserError } from "../lib/errors";
import { say } from "../lib/say";
import { ownFile } from "../lib/own-folder";
import { serverState, withoutServer } from "./server-state";
import { Ssh } from "./ssh";
import { stackName } from "./stack";

export interface ForgetOptions {
  readonly stack?: string;
  /** Without it the command only lists what it would do. */
  readonly yes?: boolean;
}

/**
 * `npm run forget -- SERVER [--yes]`: removes a server that is gone for good from the stack's state, so that `pulumi up` does not wait for it. Dependents
 * stay, without the dependency; `pulumi state delete --target-dependents` would remove the application of all servers, because all of it waits for every proxy. A server that answers is refused: `up` can clean it up.
 */
export async function forget(server: string, { stack: asked, yes = false }: ForgetOptions): Promise<number> {
  const stack = await stackName(asked);
  const before = await exportState(stack);
  const { engine, resources } = serverState(
    // Connections are secret in the state; this text is not stored.
    await exportState(stack, { showSecrets: true }),
    server,
  );
  const failure = await Ssh.byUrl(engine.url, engine.sshOptions).failure();
  if (failure === undefined) {
    throw new UserError(
      `${server} (${engine.url}) answers, so 'pulumi up' can clean it up: remove its entry from homeport:servers. To give its name to another machine, switch this one off`,
    );
  }
  say(`${server} (${engine.url}) cannot be reached: ${failure}`);
  say(`These ${resources.length} resources would be removed from the state:`);
  for (const { urn } of resources) say(`  ${nameOf(urn)}`);
  if (!yes) {
    say(`Nothing was changed. If ${server} is gone for good: npm run forget -- ${server} --yes --stack ${stack}`);
    return 0;
  }
  const copy = path.resolve(ownFile(stack, `before-forget-${server}.json`));
  writeFileSync(copy, before, { mode: 0o600 });
  await importState(stack, withoutServer(before, resources));
  say(`Removed. The previous state is in ${copy}; restore it with: pulumi stack import --stack ${stack} --file FILE`);
  say(`Now remove ${server} from homeport:servers, or give its name to another machine there, and run 'pulumi up'.`);
  return 0;
}
