import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two looks, and until nothing is expected any more. */
const POLL = 20;
const DEADLINE = 10_000;

/** Resolves as soon as the condition holds; after ten seconds the error says what was waited for. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE / 1000} s for ${what}`);
    await pause(POLL);
  }
}
