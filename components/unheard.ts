/**
 * Ends the program when nobody reads its words any more, as after a SIGKILL to the CLI. Pulumi's handler of uncaught exceptions (`cmd/run/run.ts`) answers the closed
 * pipe by writing to it, for ever: it was seen to hold a core and three gigabytes.
 */
export function endWhenUnheard(): void {
  for (const stream of [process.stdout, process.stderr])
    if (stream.listenerCount("error") === 0) stream.on("error", () => process.exit(1));
}
