import { Lab, theLab } from "./lab";
import { whileVisited } from "./lab-site";
import { secrets } from "./lab-secrets";
import { SettingValues, StackRun } from "./lab-stack";

/** One way in which an `up` fails. */
export interface BadLuck {
  readonly name: string;
  /** Breaks something for as long as an action takes. Default: nothing. */
  readonly broken?: (lab: Lab, action: () => Promise<StackRun>) => Promise<StackRun>;
  /** Settings that are wrong. Default: the lab's own. */
  readonly settings?: (lab: Lab) => SettingValues | Promise<SettingValues>;
  /** Variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the message has to say: the cause, and what to do. */
  readonly says: (lab: Lab) => readonly (string | RegExp)[];
  /** Resources that the failing run may have touched. Default: none, because it is reported before anything changes. */
  readonly touches?: readonly string[];
}

/** A line of a JavaScript stack trace: for whoever maintains the program, not for whoever runs it. */
const STACK_TRACE = /^\s+at .*:\d+:\d+\)?$/m;

/** Lines in which Pulumi names an error; that the run as a whole has failed is one more, and no message. */
const ERROR_LINE = /^\s*error: (?!(update|preview) failed$|Running program .* failed)(.*)$/gm;

/** Runs `up` into the fault and expects a clear message, no other change, and a site that serves all the time. */
export async function suffer(row: BadLuck): Promise<void> {
  const lab = await theLab();
  const { result, asked, failures } = await whileVisited(lab, () => runInto(lab, row));
  expectClear(lab, row, result, await secrets(lab));
  expect(asked).toBeGreaterThan(1);
  expect(failures).toEqual([]);
}

/** The same where nothing is deployed: there is no site and no generated secret. */
export async function sufferAtFirst(row: BadLuck): Promise<void> {
  const lab = await theLab();
  expectClear(lab, row, await runInto(lab, row), []);
}

async function runInto(lab: Lab, row: BadLuck): Promise<StackRun> {
  const settings = (await row.settings?.(lab)) ?? {};
  const stack = lab.stack.withEnvironment(row.environment ?? {});
  const up = (): Promise<StackRun> => stack.withSettings(settings, () => stack.up());
  return (await row.broken?.(lab, up)) ?? up();
}

function expectClear(lab: Lab, row: BadLuck, run: StackRun, generated: readonly string[]): void {
  expect(run.code).not.toBe(0);
  for (const words of row.says(lab)) expect(run.output).toMatch(words);
  expect(messagesIn(run.output)).toHaveLength(1);
  expect(run.output).not.toMatch(STACK_TRACE);
  expect(run.changed.filter((name) => !(row.touches ?? []).includes(name))).toEqual([]);
  const hidden = [...generated, lab.stack.env["CLOUDFLARE_API_TOKEN"] ?? "", ...Object.values(row.environment ?? {})];
  expect(hidden.filter((secret) => run.output.includes(secret)).length).toBe(0);
}

/** The errors that Pulumi reports, each once: it repeats them at the end. */
function messagesIn(output: string): string[] {
  return [...new Set([...output.matchAll(ERROR_LINE)].map(([, , text = ""]) => text))];
}

/** The lab's own settings are good, and an `up` with them is all that is needed after a bad one. */
export async function recovers(expectedChanges?: readonly string[]): Promise<void> {
  const { stack } = await theLab();
  const run = await stack.up();
  expect(run.code).toBe(0);
  if (expectedChanges !== undefined) expect(run.changed.filter((name) => !expectedChanges.includes(name))).toEqual([]);
}
