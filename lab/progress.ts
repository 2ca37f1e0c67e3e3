import { Listr, ListrTask, PRESET_TIMER } from "listr2";

/** What a step reports while it runs: one short line, replaced by the next. */
export type Report = (line: string) => void;

/** One step of a command. */
export interface Step {
  readonly title: string;
  /** Steps of a list that run side by side with this one's neighbours have it set. Default: one after another. */
  readonly run: (report: Report) => Promise<void>;
}

/** The time so far is renewed at this pace in a terminal, and where there is none, where each time makes a line of a log. Milliseconds. */
const TICK = 1_000;
const LOG_TICK = 30_000;

/** Runs steps one after another, each shown with what it does just now and how long it has taken so far. A list in the list runs side by side. */
export async function runSteps(steps: readonly (Step | readonly Step[])[]): Promise<void> {
  const tasks = steps.map((step): ListrTask => {
    if ("run" in step) {
      return taskOf(step);
    }
    return {
      title: "In parallel",
      task: (_context, task) => task.newListr(step.map(taskOf), { concurrent: true, exitOnError: true }),
    };
  });
  await new Listr(tasks, {
    // The command says at its end, in its own words, what went wrong.
    rendererOptions: { collapseSubtasks: false, showErrorMessage: false, collapseErrors: false, timer: PRESET_TIMER },
    fallbackRenderer: "simple",
    fallbackRendererOptions: { timer: PRESET_TIMER },
  }).run();
}

function taskOf({ title, run }: Step): ListrTask {
  return {
    title,
    task: async (_context, task) => {
      const start = Date.now();
      const terminal = process.stdout.isTTY;
      let line = "";
      const show = (): void => {
        task.output = `${elapsed(Date.now() - start)}  ${line}`;
      };
      const ticks = setInterval(show, terminal ? TICK : LOG_TICK);
      try {
        await run((text) => {
          line = text.replace(/\s+/g, " ").trim().slice(0, LONGEST_LINE);
          if (terminal) {
            show();
          }
        });
      } finally {
        clearInterval(ticks);
      }
    },
  };
}

/** What fits into a terminal beside the time. Characters. */
const LONGEST_LINE = 110;

/** A duration for people: `42 s`, `3 min 5 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
