import { setTimeout as pause } from "node:timers/promises";

/** Seconds between one try and the next; the real plugin's own. */
export const PAUSES = [2, 4, 8, 16, 30, 30, 30, 30, 30, 30] as const;

/** Statuses of an answer that a later try may change. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 429]);

/** Whether the real plugin tries again after an answer of that status; undefined: no answer came. */
export function mayPass(status: number | undefined): boolean {
  return status === undefined || PASSING.has(status) || status >= 500;
}

/** Makes a call again, after the pauses, while its error may pass. `wait` takes seconds. */
export async function retried<T>(
  call: () => Promise<T>,
  passes: (error: unknown) => boolean,
  signal: AbortSignal,
  wait: (seconds: number, signal: AbortSignal) => Promise<unknown> = (seconds) =>
    pause(seconds * 1000, undefined, { signal }),
): Promise<T> {
  for (const seconds of PAUSES) {
    try {
      return await call();
    } catch (error) {
      if (!passes(error)) throw error;
      await wait(seconds, signal);
    }
  }
  return call();
}
