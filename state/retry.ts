import { setTimeout as pause } from "node:timers/promises";

import { UserError } from "../lib/errors";

/**
 * Pulumi's error while another process writes the file backend. The checkpoint itself is renamed into place; the file `.attrs` beside it, which every read
 * opens first, is truncated and written (gocloud.dev, blob/fileblob/attrs.go), so for a moment it is empty.
 */
const BEING_WRITTEN = /failed to load checkpoint: (?:unexpected )?EOF\b/;

/** A write takes microseconds; on a busy machine the writer can be suspended in between. */
const PATIENCE_SECONDS = 10;

const PAUSE_MILLISECONDS = 50;

/**
 * Reads a state that another process may be writing: retries while Pulumi finds it half written, and throws every other error at once.
 * `what` names the state in the message.
 */
export async function retryHalfWritten<T>(
  what: string,
  read: () => Promise<T>,
  patienceSeconds = PATIENCE_SECONDS,
): Promise<T> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Error && BEING_WRITTEN.test(error.message))) throw error;
      if (Date.now() > deadline) throw stillHalfWritten(what, patienceSeconds);
    }
    await pause(PAUSE_MILLISECONDS);
  }
}

function stillHalfWritten(what: string, seconds: number): UserError {
  return new UserError(
    `the state of ${what} cannot be read: for ${seconds} s its file was half written (failed to load checkpoint: EOF). If another Pulumi command is running on that stack, ` +
      "wait until it exits, then try again. Otherwise a write was cut short: in the directory that 'pulumi whoami -v' names as the backend's, below .pulumi/stacks, delete the empty " +
      "file that ends in .json.attrs (Pulumi writes a new one), then try again",
  );
}
