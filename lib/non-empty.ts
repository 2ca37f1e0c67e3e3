/** A list with one entry at least. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** `map` for a NonEmpty. */
export function mapAll<T, U>([first, ...others]: NonEmpty<T>, make: (one: T, index: number) => U): NonEmpty<U> {
  return [make(first, 0), ...others.map((one, index) => make(one, index + 1))];
}
