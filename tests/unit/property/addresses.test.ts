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

function names(servers: number): string[] {
  return Array.from({ length: servers }, (_, index) => `server-${index}`);
}
