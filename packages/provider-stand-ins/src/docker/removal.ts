import { setTimeout as pause } from "node:timers/promises";

import { apiMessage, Diagnostic, isMissing } from "./failure";

/** How long, in seconds, the provider waits for the last container to let go of a network or a volume. */
const TIMEOUT = 30;
/** How often, in milliseconds, it is tried. */
const INTERVAL = 1000;

/** What Docker says of a thing that is in use, and what the provider calls that state. */
export interface InUse {
  readonly message: string;
  readonly state: string;
}

/** Removes a network or a volume as soon as no container uses it any more. One that is gone already is removed. */
export async function removeWhenUnused(
  remove: () => Promise<unknown>,
  inUse: InUse,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT * 1000;
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      if (isMissing(error)) return;
      const message = apiMessage(error);
      if (!message.includes(inUse.message) || signal.aborted) throw new Diagnostic(message);
      if (Date.now() > deadline) {
        const state = `last state: '${inUse.state}', timeout: ${TIMEOUT}s`;
        throw new Diagnostic(`timeout while waiting for state to become 'removed' (${state})`);
      }
      await pause(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }
}
