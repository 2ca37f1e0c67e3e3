import { backendDirectory, stackLocks } from "../state";
import { UserError } from "../lib/errors";

/**
 * Refuses while another Pulumi command runs on the stack: cancelling its lock would let two run at once. Works for a file backend on this workstation;
 * Pulumi Cloud refuses by itself.
 */
export async function refuseLiveRun(stack: string): Promise<void> {
  const backend = await backendDirectory();
  if (backend === undefined) return;
  const lock = (await stackLocks(backend)).find((one) => one.live && one.stack === stack);
  if (lock !== undefined) {
    throw new UserError(
      `a Pulumi command is running on ${stack} (process ${lock.pid}, since ${lock.timestamp}): wait for it to exit, or press Ctrl-C there`,
    );
  }
}
