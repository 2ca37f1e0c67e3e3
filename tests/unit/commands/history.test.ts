import { readDays, shownDays, uptime } from "../../../commands/history";

const TEXT =
  "2026-11-29 1440 1440 144000 900\n2026-11-30 1440 1296 259200 4000\n2026-12-01 10 10 1000 200\nhalf a line";

test("days are read, and what is no day is left out", () => {
  expect(readDays(TEXT)).toEqual([
    { date: "2026-11-29", checks: 1440, good: 1440, mean: 100, slowest: 900 },
    { date: "2026-11-30", checks: 1440, good: 1296, mean: 200, slowest: 4000 },
    { date: "2026-12-01", checks: 10, good: 10, mean: 100, slowest: 200 },
  ]);
});

test("uptime weighs days by their looks", () => {
  expect(uptime(readDays(TEXT))).toBeCloseTo((100 * 2746) / 2890);
  expect(uptime(readDays("2026-12-01 5 0 0 0"))).toBe(0);
});

test("the picture has a sign a day, and bad days in words", () => {
  const lines = shownDays(readDays(TEXT)).join("\n");
  expect(lines).toContain("·▓·  2026-11-29 to 2026-12-01");
  expect(lines).toContain("95.02 % of 3 day(s)");
  expect(lines).toContain("2026-11-30: 144 of 1440 looks without a good answer");
  expect(lines).not.toContain("2026-11-29: ");
});

test("without a history it says what begins one", () => {
  expect(shownDays([])[0]).toContain("alertUrls");
});
