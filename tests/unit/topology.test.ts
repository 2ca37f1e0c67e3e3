import { topology, TopologySettings } from "../../components/topology";

interface Named {
  readonly name: string;
  readonly replicas: number;
}

const PI: Named = { name: "pi", replicas: 1 };
const ONE: Named = { name: "one", replicas: 2 };
const IDLE: Named = { name: "idle", replicas: 0 };

const SETTINGS: TopologySettings<Named> = {
  network: "10.77.0.0/24",
  ingress: "server",
  servers: [PI],
  database: undefined,
};

const plan = (over: Partial<TopologySettings<Named>> = {}) => topology({ ...SETTINGS, ...over });
const part = (of: ReturnType<typeof plan>, name: string) => {
  const found = of.members.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

test("one server takes the visitors, and nothing else is said in the tunnel", () => {
  expect(plan()).toEqual({
    hub: "10.77.0.1",
    hubInNetwork: "10.77.0.1/24",
    ingress: "10.77.0.2",
    target: "10.77.0.2",
    members: [{ ...PI, tunnelAddress: "10.77.0.2", visitors: true, inner: [], innerPorts: [] }],
    relayed: [],
  });
});

test("a database beside the only application publishes a port to which nobody comes", () => {
  expect(part(plan({ database: "pi" }), "pi")).toMatchObject({ inner: [], innerPorts: [5432] });
});

test("a server without containers has a proxy all the same, to which nobody comes", () => {
  const { members, relayed } = plan({ servers: [PI, IDLE] });
  expect(members[1]).toMatchObject({ visitors: false, inner: [], innerPorts: [8444] });
  expect(relayed).toEqual([]);
});

test("the first server hands requests on through the edge, and asks the database of another", () => {
  const all = plan({ servers: [PI, ONE], database: "one" });
  const to = part(all, "one").tunnelAddress;
  const flows = [8444, 5432].map((port) => ({ from: "10.77.0.2", to, port }));
  expect(part(all, "one")).toMatchObject({ visitors: false, inner: flows, innerPorts: [8444, 5432] });
  expect(part(all, "pi")).toMatchObject({ visitors: true, inner: [], innerPorts: [] });
  expect(all.relayed).toEqual(flows);
});

test("where TLS ends at the edge no server has visitors, and what the edge says is relayed by nobody", () => {
  const all = plan({ ingress: "edge", servers: [PI, ONE], database: "pi" });
  const from = part(all, "one").tunnelAddress;
  expect(all).toMatchObject({ ingress: "10.77.0.1", target: undefined });
  expect(part(all, "pi")).toMatchObject({
    visitors: false,
    inner: [
      { from: "10.77.0.1", to: "10.77.0.2", port: 8444 },
      { from, to: "10.77.0.2", port: 5432 },
    ],
    innerPorts: [8444, 5432],
  });
  expect(all.relayed).toEqual([{ from, to: "10.77.0.2", port: 5432 }]);
});
