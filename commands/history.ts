import { Ssh } from "./ssh";
import { deployedStack } from "./stack";

/** A day as the edge has counted it. */
export interface Day {
  /** `2026-12-01`. */
  readonly date: string;
  readonly checks: number;
  readonly good: number;
  /** Mean and slowest of the good answers, milliseconds. */
  readonly mean: number;
  readonly slowest: number;
}

/** Signs from bad to good. */
const SIGNS = ["█", "▓", "▒", "░", "·"];

/** `npm run status -- --history`: how the site was on the last days, as the edge has counted it. */
export async function history(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const text = await (await Ssh.toEdge(stack)).run("watch-days.sh", stack.app);
  process.stdout.write(`${shownDays(readDays(text)).join("\n")}\n`);
  return 0;
}

/** Reads the edge's file of days. */
export function readDays(text: string): Day[] {
  return text.split("\n").flatMap((line) => {
    const [date = "", ...numbers] = line.trim().split(/\s+/);
    const [checks = 0, good = 0, total = 0, slowest = 0] = numbers.map(Number);
    return /^\d{4}-\d\d-\d\d$/.test(date) && checks > 0
      ? [{ date, checks, good, mean: good === 0 ? 0 : Math.round(total / good), slowest }]
      : [];
  });
}

/** Share of good answers over the last days, percent. */
export function uptime(days: readonly Day[]): number {
  const sum = (of: (day: Day) => number): number => days.reduce((all, day) => all + of(day), 0);
  const checks = sum(({ checks: count }) => count);
  return checks === 0 ? 0 : (100 * sum(({ good }) => good)) / checks;
}

/** A picture of the days, and the worst of them in words. */
export function shownDays(days: readonly Day[]): string[] {
  if (days.length === 0)
    return ["history: none yet: the edge counts once alertUrls or alertHeartbeat is set, from the next minute on"];
  const signs = days.map(({ checks, good }) => SIGNS[level(good / checks)]).join("");
  const percent = (count: number): string =>
    `${uptime(days.slice(-count)).toFixed(2)} % of ${Math.min(count, days.length)} day(s)`;
  const worst = days.filter(({ checks, good }) => good < checks).sort((a, b) => a.good / a.checks - b.good / b.checks);
  const latest = days.at(-1);
  return [
    "history (as the edge saw it, a look a minute)",
    `  ${signs}  ${days[0]?.date ?? ""} to ${latest?.date ?? ""}; ${SIGNS.at(-1) ?? ""} all good`,
    `  good answers: ${percent(30)}, ${percent(90)}`,
    `  latest day: ${latest?.mean ?? 0} ms on average, ${latest?.slowest ?? 0} ms at most`,
    ...worst
      .slice(0, 5)
      .map(({ date, checks, good }) => `  ${date}: ${checks - good} of ${checks} looks without a good answer`),
  ];
}

function level(share: number): number {
  if (share === 1) return 4;
  if (share >= 0.999) return 3;
  if (share >= 0.99) return 2;
  return share >= 0.9 ? 1 : 0;
}
