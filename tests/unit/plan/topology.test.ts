import { topology, TopologySettings } from "../../../plan/topology";

interface Named {
  readonly name: string;
}

const PI: Named = { name: "pi" };
const ONE: Named = { name: "one" };

/** Every address that a server may have in the tunnel. */
const ANY = "10.77.0.2-10.77.0.254";

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

test("one server takes the visitors, and may ask others as soon as there are any", () => {
  expect(plan()).toEqual({
    hub: "10.77.0.1",
    hubInNetwork: "10.77.0.1/24",
    ingress: "10.77.0.2",
    target: "10.77.0.2",
    members: [{ ...PI, tunnelAddress: "10.77.0.2", terminatesTls: true, inner: [], innerPorts: [] }],
    relayed: [{ from: "10.77.0.2", to: ANY, port: 8444 }],
  });
});

test("a database beside the only application publishes a port for servers that may come", () => {
  expect(part(plan({ database: "pi" }), "pi")).toMatchObject({
    inner: [{ from: ANY, to: "10.77.0.2", port: 5432 }],
    innerPorts: [5432],
  });
});

test("removing a server leaves the desired state of the others unchanged", () => {
  for (const ingress of ["edge", "server"] as const) {
    const before = plan({ ingress, servers: [PI, ONE], database: "pi" });
    const after = plan({ ingress, servers: [PI], database: "pi" });
    expect([part(after, "pi"), after.relayed]).toEqual([part(before, "pi"), before.relayed]);
  }
});

test("the first server hands requests on through the edge, and asks the database of another", () => {
  const all = plan({ servers: [PI, ONE], database: "one" });
  const to = part(all, "one").tunnelAddress;
  const flows = (target: string) => [
    { from: "10.77.0.2", to: target, port: 8444 },
    { from: ANY, to, port: 5432 },
  ];
  expect(part(all, "one")).toMatchObject({ terminatesTls: false, inner: flows(to), innerPorts: [8444, 5432] });
  expect(part(all, "pi")).toMatchObject({ terminatesTls: true, inner: [], innerPorts: [] });
  expect(all.relayed).toEqual(flows(ANY));
});

test("where TLS ends at the edge no server has visitors, and what the edge says is relayed by nobody", () => {
  const all = plan({ ingress: "edge", servers: [PI, ONE], database: "pi" });
  expect(all).toMatchObject({ ingress: "10.77.0.1", target: undefined });
  expect(part(all, "pi")).toMatchObject({
    terminatesTls: false,
    inner: [
      { from: "10.77.0.1", to: "10.77.0.2", port: 8444 },
      { from: ANY, to: "10.77.0.2", port: 5432 },
    ],
    innerPorts: [8444, 5432],
  });
  expect(all.relayed).toEqual([{ from: ANY, to: "10.77.0.2", port: 5432 }]);
});
