import fc from "fast-check";

import { addressPlan } from "../../../components/addresses";
import { numeric, tunnelNetwork } from "../../support/arbitraries";

test("addresses of a plan never overlap and are hosts of its network", () => {
  fc.assert(
    fc.property(tunnelNetwork, ({ cidr, base, size, servers }) => {
      const plan = addressPlan(cidr, servers);
      const all = [plan.hub, ...Array.from({ length: servers }, (_, index) => plan.spoke(index))].map(numeric);
      expect(new Set(all).size).toBe(servers + 1);
      expect(Math.min(...all)).toBeGreaterThan(base);
      expect(Math.max(...all)).toBeLessThan(base + size - 1);
    }),
  );
});

test("a server keeps its address when others are added", () => {
  fc.assert(
    fc.property(tunnelNetwork, ({ cidr, servers }) => {
      const [few, many] = [addressPlan(cidr, 1), addressPlan(cidr, servers)];
      expect(many.hub).toBe(few.hub);
      expect(many.spoke(0)).toBe(few.spoke(0));
    }),
  );
});
