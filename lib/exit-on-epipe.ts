/**
 * Exits when nobody reads the program's output any more, as after a SIGKILL to the CLI. Pulumi's handler of uncaught exceptions (`cmd/run/run.ts`) answers the closed
 * pipe by writing to it, for ever: it was seen to hold a core and three gigabytes. So this one comes before it. A listener of the streams would not do: loaders take
 * those off (esbuild's, of tsx).
 */
export function exitOnEpipe(): void {
  if (!process.listeners("uncaughtException").includes(exitIfEpipe))
    process.prependListener("uncaughtException", exitIfEpipe);
}

function exitIfEpipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(1);
}
