/** Set: every case of the sampled tests runs (`npm run test:unit:full`). */
const FULL = process.env["HOMEPORT_TEST_FULL"] === "1";

/** One case of so many runs. */
const EVERY = 6;

/** Days since 1970, so that all cases have run after as many days as there are parts. */
const TODAY = Math.floor(Date.now() / 86_400_000);

/** A sixth of costly cases that resemble each other, another one each day; the same all day, so that a failure can be repeated. */
export function sample<T>(cases: readonly T[]): T[] {
  if (FULL) return [...cases];
  const chosen = cases.filter((_, index) => index % EVERY === TODAY % EVERY);
  process.stderr.write(`sampled: ${chosen.length} of ${cases.length} cases run, all with HOMEPORT_TEST_FULL=1\n`);
  return chosen;
}
