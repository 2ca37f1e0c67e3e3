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

// One that has not would move when the server is removed whose place it wanted.
test("a server that has the place of its name keeps it whichever others are removed, if the first stays", () => {
  fc.assert(
    fc.property(tunnelNetwork, fc.string(), fc.infiniteStream(fc.boolean()), ({ cidr, servers }, word, kept) => {
      const all = names(servers, word);
      const fewer = all.filter((_, index) => index === 0 || kept.next().value);
      const [before, after] = [spokesByName(cidr, all), spokesByName(cidr, fewer)];
      for (const name of fewer.slice(1))
        if (before.get(name) === ofItsName(cidr, name)) expect(after.get(name)).toBe(before.get(name));
    }),
  );
});

/** The address of a server that nobody else can have taken: the first has a place that no name leads to. */
function ofItsName(cidr: string, name: string): string | undefined {
  return addressPlan(cidr, ["first", name]).spokes[1];
}

function spokesByName(cidr: string, all: readonly string[]): ReadonlyMap<string, string | undefined> {
  const { spokes } = addressPlan(cidr, all);
  return new Map(all.map((name, index) => [name, spokes[index]]));
}

function names(servers: number, word = "server"): string[] {
  return Array.from({ length: servers }, (_, index) => `${word}-${index}`);
}
