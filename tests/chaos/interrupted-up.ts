import { until } from "../../lab/process";
import { RunningCli, StackRun } from "../support/lab-stack";
import { LabStack } from "../support/lab-stack";
import { Strike } from "./plan";

/** Seconds in which an `up` comes to where it is struck, or to its end. */
const PATIENCE = 600;

/** Runs `up` and cuts it off. It may have ended before; then nothing was cut off, which the answer tells. */
export async function interruptedUp(stack: LabStack, strike: Strike): Promise<StackRun & { readonly struck: boolean }> {
  let struck = false;
  const run = await stack.upMeanwhile(async (cli) => {
    await until(`operation ${strike.operations} to begin`, PATIENCE, async () => {
      return cli.ended() || (await cli.operations()) >= strike.operations ? true : undefined;
    });
    await endedWithin(cli, strike.delay);
    struck = !cli.ended();
    if (struck) cli.signal(strike.signal);
  });
  return { ...run, struck };
}

/** Waits for a time, or for the end of the run if that is earlier. */
async function endedWithin(cli: RunningCli, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!cli.ended() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, PAUSE));
}

/** Milliseconds between two looks. */
const PAUSE = 20;
