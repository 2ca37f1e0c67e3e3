import { spawnSync } from "node:child_process";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Undefined if the program runs here with these arguments, else why it does not. */
export function missingTool(program: string, args: readonly string[]): string | undefined {
  const { error, status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) return `there is no ${program} here`;
  return status === 0 ? undefined : `${[program, ...args].join(" ")} does not work here: ${stderr.trim()}`;
}

/** A group of tests that is skipped, and says so, where something stands against it. */
export function describeWhere(name: string, against: string | undefined, tests: () => void): void {
  if (against === undefined) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`skipped: ${name}: ${against}\n`);
  describe.skip(`${name} (${against})`, tests);
}
