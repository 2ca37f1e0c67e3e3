import fc from "fast-check";

import { addressPlan } from "../../../plan/tunnel-addresses";
import { numeric, tunnelNetwork } from "../../support/arbitraries";

test("addresses of a plan never overlap and are hosts of its network", () => {
  fc.assert(
    fc.property(tunnelNetwork, ({ cidr, base, size, servers }) => {
      const plan = addressPlan(cidr, names(servers));
      const all = [plan.hub, ...plan.spokes].map(numeric);
      expect(new Set(all).size).toBe(servers + 1);
      expect(Math.min(...all)).toBeGreaterThan(base);
      expect(Math.max(...all)).toBeLessThan(base + size - 1);
    }),
  );
});

test("a server keeps its address when others are added", () => {
  fc.assert(
    fc.property(tunnelNetwork, ({ cidr, servers }) => {
      const [fewer, more] = [addressPlan(cidr, names(servers - 1)), addressPlan(cidr, names(servers))];
      expect(more.hub).toBe(fewer.hub);
      expect(more.spokes.slice(0, -1)).toEqual(fewer.spokes);
    }),
  );
});

/** A /28 is full enough for every way in which two names can want one address. */
const SMALL = "10.77.0.0/28";
const POOL = ["pi", ...names(12)];

test("in a /28 an address once given stays, for every ordered pair of servers that come and of those that go or stay", () => {
  const pairs = POOL.flatMap((one) => POOL.filter((two) => two !== one).map((two) => [one, two] as const));
  for (const [one, two] of pairs) {
    const before = planned(["first", one, two], new Map());
    for (const left of [
      ["first", two],
      ["first", one],
      [two, one],
      [two, "first"],
      ["new", two, one],
    ]) {
      const after = planned(left, before);
      expect(new Set(after.values()).size).toBe(left.length);
      for (const name of left) expect(after.get(name)).toBe(before.get(name) ?? after.get(name));
      // Nobody gets an address that one of the last run still has.
      if (left.includes("new")) expect([...before.values()]).not.toContain(after.get("new"));
    }
  }
});

test("through any changes of the servers, each keeps its address while it is there", () => {
  const steps = fc.array(fc.uniqueArray(fc.constantFrom(...POOL), { minLength: 1 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(steps, (all) => {
      let given: ReadonlyMap<string, string> = new Map();
      for (const step of all) {
        const now = planned(step, given);
        expect(new Set(now.values()).size).toBe(step.length);
        for (const name of step) expect(now.get(name)).toBe(given.get(name) ?? now.get(name));
        given = now;
      }
    }),
  );
});

function planned(all: readonly string[], given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const { spokes } = addressPlan(SMALL, all, given);
  return new Map(all.map((name, index) => [name, spokes[index] ?? ""]));
}

function names(servers: number, word = "server"): string[] {
  return Array.from({ length: servers }, (_, index) => `${word}-${index}`);
}
