import type { PropertyValue } from "../support/values";

/** Nanoseconds in each of Go's units of time (time.ParseDuration), longest first. */
const UNITS: readonly (readonly [string, number])[] = [
  ["h", 3_600_000_000_000],
  ["m", 60_000_000_000],
  ["s", 1_000_000_000],
  ["ms", 1_000_000],
  ["us", 1000],
  ["µs", 1000],
  ["ns", 1],
];

/** Nanoseconds of a duration as Go writes it ("1m30s", "500ms"); undefined where it is not one. */
export function parseDuration(text: string): number | undefined {
  const found = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:h|ms|m|us|µs|ns|s)|0)+$/.exec(text);
  if (found === null) return undefined;
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|us|µs|ns|s)/g)];
  const total = parts.reduce((sum, [, count, unit]) => {
    const [, size] = UNITS.find(([name]) => name === unit) ?? ["", 0];
    return sum + Math.round(Number(count) * size);
  }, 0);
  return text.startsWith("-") ? -total : total;
}

/** A duration as Go prints it: 60 seconds are "1m0s", which is how the provider reads a health check back. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 0) return `-${formatDuration(-nanoseconds)}`;
  const [, second] = ["s", 1_000_000_000] as const;
  if (nanoseconds < second) {
    const [unit, size] = UNITS.find(([, size]) => nanoseconds >= size) ?? ["ns", 1];
    return `${nanoseconds / size}${unit === "us" ? "µs" : unit}`;
  }
  const hours = Math.floor(nanoseconds / (3600 * second));
  const minutes = Math.floor(nanoseconds / (60 * second)) % 60;
  const seconds = (nanoseconds % (60 * second)) / second;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** Says what is wrong with a duration, in the provider's words. */
export function durationFault(value: PropertyValue): string | undefined {
  if (typeof value !== "string") return undefined;
  const parsed = parseDuration(value);
  if (parsed === undefined) return `'${value}' is not a valid duration`;
  return parsed < 0 ? `'${value}' duration must not be negative` : undefined;
}
