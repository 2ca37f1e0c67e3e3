/** Milliseconds. On an empty cache the toolchain is built first. */
export const FIRST_LAB = 60 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
export const ONE_TEST = 15 * 60_000;
