/** How an `up` is cut off. */
export interface Strike {
  readonly signal: "SIGINT" | "SIGKILL";
  /** Resource operations that have begun when the time starts to run. */
  readonly operations: number;
  /** Time from there to the signal. Milliseconds. */
  readonly delay: number;
}

/** One deploy that is cut off. */
export interface ChaosRun extends Strike {
  /** The seed that makes exactly this run. */
  readonly seed: number;
  /** `first`: onto hosts that have nothing; `update`: over a site that serves. */
  readonly deploy: "first" | "update";
}

/** About as many resource operations as an undisturbed deploy has; a strike comes before the last of them has begun. */
const OPERATIONS = { first: 30, update: 9 } as const;

/** The longest single operations take some seconds. Milliseconds. */
const LONGEST_DELAY = 4000;

/** A first deploy takes a destroy before it, so there are fewer of them. */
const SHARE_OF_FIRST = 0.3;

/** The run that a seed makes. */
export function chaosRun(seed: number, only: Partial<Pick<ChaosRun, "deploy" | "signal">> = {}): ChaosRun {
  const random = randomNumbers(seed);
  // All are drawn, whatever is given, so that the rest stays the same.
  const drawn = {
    deploy: random() < SHARE_OF_FIRST ? ("first" as const) : ("update" as const),
    signal: random() < 0.5 ? ("SIGINT" as const) : ("SIGKILL" as const),
  };
  const deploy = only.deploy ?? drawn.deploy;
  const operations = Math.floor(random() * (OPERATIONS[deploy] + 1));
  return { seed, deploy, signal: only.signal ?? drawn.signal, operations, delay: Math.floor(random() * LONGEST_DELAY) };
}

/** In words. */
export function describeRun({ seed, deploy, signal, operations, delay }: ChaosRun): string {
  return `seed ${seed}: ${deploy === "first" ? "first deploy" : "update"}, ${signal} ${delay} ms after operation ${operations}`;
}

/** Numbers from 0 to below 1 that depend on the seed alone (Mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
