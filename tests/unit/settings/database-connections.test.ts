import { leastMemory, maxConnections, sortMemory } from "../../../settings/database-connections";
import { readSettings } from "../../../settings/load";
import { MINIMAL } from "../../support/settings";

const DEFAULT = { containers: 1, workers: 3, threads: 4, jobs: 0 };

test.each([
  ["one container", DEFAULT, 100],
  ["four of them, which 100 have always been enough for", { ...DEFAULT, containers: 4 }, 100],
  ["five", { ...DEFAULT, containers: 5 }, 124],
  ["with jobs", { ...DEFAULT, containers: 5, jobs: 3 }, 127],
  ["more threads", { ...DEFAULT, containers: 2, threads: 16 }, 196],
])("every thread has a connection, twice during a deploy: %s", (_, load, expected) => {
  expect(maxConnections(load)).toBe(expected);
});

test("up to 100 connections have what they have always had", () => {
  expect([128, 512, 1024].map((memory) => sortMemory(memory, 100))).toEqual([1, 4, 8]);
});

test.each([101, 124, 256, 1000])("%d connections fit in the least memory reported, and in no less", (connections) => {
  const least = leastMemory(connections);
  expect(sortMemory(least, connections)).toBeGreaterThanOrEqual(1);
  expect(sortMemory(least - 1, connections)).toBe(0);
});

test("no connection sorts in more than with a hundred", () => {
  expect(sortMemory(512, 101)).toBeLessThanOrEqual(sortMemory(512, 100));
  expect(sortMemory(65536, 101)).toBe(sortMemory(65536, 100));
});

describe("the settings", () => {
  const settings = (database: object, app: object = {}): object =>
    readSettings({ ...MINIMAL, database: { server: "pi", ...database }, app });

  test("are refused where the memory does not hold the connections", () => {
    expect(() => settings({ memoryMb: 512 }, { workers: 64, threads: 64 })).toThrow(
      "database.memoryMb: 512 is too little for 8196 connections (containers x app.workers x app.threads, doubled during a deploy, plus a reserve): set at least 29506, or fewer workers or threads",
    );
  });

  test("are taken where it does, as always up to 100, and where others run the database", () => {
    for (const [database, app] of [
      [{ memoryMb: 29506 }, { workers: 64, threads: 64 }],
      [{ memoryMb: 128 }, {}],
      [{ memoryMb: 128 }, { workers: 6, threads: 8 }],
      [
        { memoryMb: 128, server: undefined },
        { workers: 64, threads: 64 },
      ],
    ] as const)
      expect(() => settings(database, app)).not.toThrow();
  });
});
