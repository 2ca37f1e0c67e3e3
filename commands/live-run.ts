import { backendDirectory, stackLocks } from "../state";
import { UserError } from "../lib/errors";

/**
 * Refuses where another command of Pulumi is at work on a stack: to end its lock would have two of them at once. Known of a file backend and of this
 * workstation; Pulumi Cloud refuses by itself what is under way.
 */
export async function refuseLiveRun(stack: string): Promise<void> {
  const backend = await backendDirectory();
  if (backend === undefined) return;
  const lock = (await stackLocks(backend)).find((one) => one.live && one.stack === stack);
  if (lock !== undefined) {
    throw new UserError(
      `another Pulumi command is running on ${stack} (process ${lock.pid}, since ${lock.timestamp}): wait until it exits, or press Ctrl-C there`,
    );
  }
}
