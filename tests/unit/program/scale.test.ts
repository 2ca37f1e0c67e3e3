import { Registered } from "../../support/monitor";
import { visible } from "../../support/mocks";
import { Run, runProgram } from "../../support/program";
import { HOST_KEYS } from "../../support/fixtures";
import { FULL } from "../../support/settings";

const PUBLIC = { hostKey: HOST_KEYS.pi, user: "admin", platform: "linux/amd64", place: "public" };

/** Three servers behind an edge where TLS ends, with a database and an object storage of somebody else's. */
const SCALE = {
  ...FULL,
  ingress: "edge",
  servers: [
    { ...FULL.servers[0], sshOverTunnel: false },
    { ...PUBLIC, name: "one", address: "198.51.100.11" },
    { ...PUBLIC, name: "two", address: "198.51.100.12", replicas: 2 },
  ],
  database: { engine: "postgresql" },
  databaseUrl: "postgresql://weblog:PASSWORD-OF-THE-DATABASE@db.example.org/weblog",
  storage: { endpoint: "https://s3.example.org", bucket: "weblog" },
  storageAccessKey: "ACCESS-KEY-OF-THE-STORAGE",
  storageSecretKey: "SECRET-KEY-OF-THE-STORAGE",
} as const;

const text = (run: Run, name: string): string => String(run.resource(name, "command:remote:Command").inputs["stdin"]);

describe("several servers behind the edge", () => {
  let run: Run;
  beforeAll(async () => {
    run = await runProgram({ settings: SCALE });
  });

  test("each has its containers, the image of its platform and a route of its own", () => {
    expect(names(run, "docker:index/container:Container")).toEqual([
      ...["app-one-web", "app-release", "app-two-web", "app-two-web-2", "app-web"],
      ...["traefik", "traefik-one", "traefik-two", "traefik-vps"],
    ]);
    expect(names(run, "docker:index/image:Image")).toEqual(["app-image", "app-linux-amd64-image"]);
    expect(names(run, "command:remote:Command").filter((name) => /-(route|ingress)$/.test(name))).toEqual([
      ...["app-ingress", "app-one-route", "app-route", "app-two-route"],
    ]);
  });

  test("what is done once is done on the first", () => {
    expect(run.resource("app-release", "docker:index/container:Container").provider).toContain("::pi-docker::");
  });

  test("no route changes before every container answers well, and the edge's comes last", () => {
    const gates = ["app-gate", "app-one-gate", "app-two-gate"];
    for (const route of ["app-route", "app-one-route", "app-two-route"])
      expect(dependencies(run, route)).toEqual(expect.arrayContaining(gates));
    expect(dependencies(run, "app-two-gate")).toEqual(expect.arrayContaining(["app-two-web", "app-two-web-2"]));
    expect(text(run, "app-two-gate")).toMatch(
      /\nhomeport-dev\ntwo\n90\ntraefik-two-web-1a2b3c4\nwww\.example\.org\n8000\n\/health\n200\n-\nweb app-two-web-1a2b3c4\nweb app-two-web-2-1a2b3c4\n$/,
    );
    expect(dependencies(run, "app-ingress")).toEqual(
      expect.arrayContaining(["app-route", "app-one-route", "app-two-route"]),
    );
  });

  test("the edge balances by the containers of each, with health checks", () => {
    const route = text(run, "app-ingress");
    expect(route.match(/weight: \d/g)?.sort()).toEqual(["weight: 1", "weight: 1", "weight: 2"]);
    expect(route).toContain("- url: https://10.88.0.2:8444");
    expect(route).toContain("serversTransport: inner");
    expect(route).toContain("path: /health");
  });

  test("the edge has an engine when it forwards, and until nothing needs it any more", () => {
    const engine = text(run, "vps-engine");
    // Else the rules of the firewall would be spelled in other words after Docker has come.
    expect(text(run, "vps-files")).toContain("\npackage iptables\n");
    expect(engine).toMatch(/\nbundle engine\n[^]*\nunit docker\.service\n/);
    expect(text(run, "vps-files")).not.toContain("\nunit docker.service\n");
    expect(dependencies(run, "vps-engine")).toContain("vps-verify");
    expect(dependencies(run, "vps-docker")).toContain("vps-engine");
    expect(dependencies(run, "traefik-vps-transfer")).toContain("vps-docker");
  });

  test("its proxies are replaced one after the other, each when the one before is healthy", () => {
    const container = (name: string): Registered => run.resource(name, "docker:index/container:Container");
    const proxies = ["traefik", "traefik-one", "traefik-two"].map(container);
    const waited = proxies.map(({ dependencies: all }) => proxies.filter(({ urn }) => all.includes(urn)));
    expect(waited.map((before) => before.map(({ name }) => name))).toEqual([[], ["traefik"], ["traefik-one"]]);
    // By the name of an input the engine would delete all that depend on a proxy before it deletes that one.
    const inputs = proxies.flatMap(({ propertyDependencies }) => Object.values(propertyDependencies).flat());
    expect(inputs.filter((urn) => proxies.some((proxy) => proxy.urn === urn))).toEqual([]);
    expect(inputs).not.toEqual([]);
    for (const proxy of proxies) expect(proxy.inputs).toMatchObject({ wait: true });
    // Networks and images come to all at once.
    for (const name of ["traefik-one-web", "traefik-one-transfer", "traefik-two-web", "traefik-two-transfer"])
      expect(dependencies(run, name)).not.toContain("traefik");
  });

  test("a public server answers ssh and nothing else, and its proxy the edge alone", () => {
    const rules = text(run, "one-files");
    expect(rules).toContain("chain outside");
    expect(rules).toMatch(/ip saddr 10\.88\.0\.1 ip daddr 10\.88\.0\.\d+ tcp dport 8444 ct state new accept/);
    expect(rules).not.toContain("dport { 80, 443 }");
    expect(rules).toContain("AllowedIPs = 10.88.0.0/24");
  });

  test("a server's tunnel stays as it is when visitors begin to come through it", async () => {
    const atServer = await runProgram({ settings: { ...SCALE, ingress: "server" } });
    const routing = (of: Run): string[] => text(of, "pi-files").match(/(Table|PostUp|PreDown) = .*/g) ?? [];
    expect(routing(run)).toEqual(routing(atServer));
    expect(routing(run).join()).toContain("ip rule add");
  });

  test("the application trusts the edge and its own network, and reads database and storage from files", () => {
    const { envs, volumes } = run.resource("app-one-web", "docker:index/container:Container").inputs;
    const site = (envs as string[]).find((one) => one.startsWith("HOMEPORT_SITE="));
    expect(JSON.parse(site?.replace("HOMEPORT_SITE=", "") ?? "{}")).toMatchObject({
      proxies: ["172.18.0.0/16", "10.88.0.1"],
      database: { engine: "postgresql" },
      storage: { bucket: "weblog" },
    });
    expect(JSON.stringify(volumes)).toContain("/run/secrets");
  });

  test("no secret of the settings stands anywhere that is not secret", () => {
    const seen = JSON.stringify(run.resources.map((one) => visible(one.inputs)));
    for (const word of ["PASSWORD-OF-THE-DATABASE", "ACCESS-KEY-OF-THE-STORAGE", "SECRET-KEY-OF-THE-STORAGE"])
      expect(seen).not.toContain(word);
  });

  test("the commands find every machine in the outputs", () => {
    expect(run.outputs["host"]?.value).toMatchObject({
      ingress: "edge",
      server: { name: "pi" },
      others: [{ name: "one" }, { name: "two" }],
    });
  });

  test("another machine at the edge is known by its host key, and gets a proxy and a network of its own", async () => {
    const moved = await runProgram({ settings: { ...SCALE, edge: { ...SCALE.edge, hostKey: HOST_KEYS.pi } } });
    const labels = (of: Run, name: string, type: string): unknown => of.resource(name, type).inputs["labels"];
    for (const [name, type] of [
      ["traefik-vps", "docker:index/container:Container"],
      ["traefik-vps-web", "docker:index/network:Network"],
    ] as const)
      expect(labels(moved, name, type)).not.toEqual(labels(run, name, type));
    // Where data is, nothing is recreated by itself.
    const own = ["traefik", "docker:index/container:Container"] as const;
    expect(labels(moved, ...own)).toEqual(labels(run, ...own));
  });

  test("removing a server touches the route, and nothing of the others or the edge", async () => {
    const [pi, , two] = SCALE.servers;
    const fewer = await runProgram({ settings: { ...SCALE, servers: [pi, two] } });
    const changed = run.resources
      .filter((one) => inputs(fewer, one) !== undefined && inputs(fewer, one) !== inputs(run, one))
      .map(({ name }) => name);
    expect(changed).toEqual(["app-ingress", "app-visit"]);
  });
});

describe("several servers behind the first of them", () => {
  test("the first balances over its own container and the others' proxies, and takes the visitors", async () => {
    const run = await runProgram({ settings: { ...SCALE, ingress: "server" } });
    expect(names(run, "docker:index/container:Container")).not.toContain("traefik-vps");
    const route = text(run, "app-route");
    expect(route.match(/- url: .*/g)).toEqual(
      expect.arrayContaining([
        "- url: http://app-web-1a2b3c4:8000",
        expect.stringMatching(/https:\/\/10\.88\.0\.\d+:8444/),
      ]),
    );
    expect(text(run, "vps-files")).toContain("dnat ip to 10.88.0.2");
    expect(text(run, "vps-files")).toContain("ip saddr 10.88.0.2 ip daddr 10.88.0.2-10.88.0.254 tcp dport 8444 accept");
  });
});

describe("a database of the stack's own", () => {
  test("is on the named server, and the others know it by its tunnel address", async () => {
    const run = await runProgram({
      settings: without("databaseUrl", { ...SCALE, database: { engine: "postgresql", server: "one" } }),
    });
    expect(run.resource("postgres", "docker:index/container:Container").provider).toContain("::one-docker::");
    expect(run.resource("app-one-web", "docker:index/container:Container").inputs).not.toHaveProperty("hosts");
    expect(run.resource("app-web", "docker:index/container:Container").inputs["hosts"]).toEqual([
      { host: "postgres.internal", ip: expect.stringMatching(/^10\.88\.0\.\d+$/) as unknown },
    ]);
    const rule = /ip saddr 10\.88\.0\.2-10\.88\.0\.254 ip daddr 10\.88\.0\.\d+ tcp dport 5432 (ct state new )?accept/;
    expect(text(run, "one-files")).toMatch(rule);
    expect(text(run, "vps-files")).toMatch(rule);
  });

  test("waits beside one that others run, which is read", async () => {
    const run = await runProgram({ settings: { ...SCALE, database: { engine: "postgresql", server: "one" } } });
    expect(run.resource("postgres", "docker:index/container:Container").provider).toContain("::one-docker::");
    expect(JSON.stringify(run.resource("app-secrets", "command:remote:Command").inputs)).toContain(
      "PASSWORD-OF-THE-DATABASE",
    );
    expect(text(run, "one-files")).toMatch(/tcp dport 5432 (ct state new )?accept/);
  });

  test("beside the only application is closed to the home network", async () => {
    const run = await runProgram({ settings: { ...FULL, database: { engine: "postgresql", server: "pi" } } });
    expect(text(run, "pi-files")).toMatch(
      /iifname != \{ "lo", "\w+" \} fib daddr type local tcp dport \{ 5432 \} drop/,
    );
  });
});

describe("settings that contradict each other are all reported at once", () => {
  test.each([
    ["several servers on SQLite", { ...SCALE, database: {} }, "database.engine: must be postgresql"],
    ["several servers without storage", without("storage", SCALE), "storage: is required with more than one server"],
    ["storage without its keys", without("storageSecretKey", SCALE), "storageSecretKey: is required with storage"],
    ["PostgreSQL nowhere", without("databaseUrl", SCALE), "database.server: is required with postgresql"],
    [
      "a server that is none",
      { ...SCALE, database: { engine: "postgresql", server: "six" } },
      "database.server: six is not the name of a server",
    ],
    [
      "two servers of one name",
      { ...SCALE, servers: [SCALE.servers[0], SCALE.servers[0]] },
      "servers[1].name: pi is the name of another machine already",
    ],
    [
      "one machine under two names",
      { ...SCALE, servers: [SCALE.servers[0], SCALE.servers[1], { ...SCALE.servers[1], name: "two" }] },
      "servers[2].address: 198.51.100.11 (port 22) is already used by one: a machine has one role only",
    ],
  ])("%s", async (_, settings, fault) => {
    await expect(runProgram({ settings })).rejects.toThrow(fault);
  });
});

function names({ resources }: Run, type: string): string[] {
  return resources
    .filter((one) => one.type === type)
    .map(({ name }) => name)
    .sort();
}

function dependencies({ resources }: Run, name: string): string[] {
  return resources
    .filter((one) => one.name === name)
    .flatMap((one) => one.dependencies.map((urn) => urn.split("::").at(-1) ?? ""));
}

function inputs({ resources }: Run, { urn }: Registered): string | undefined {
  const found = resources.find((one) => one.urn === urn);
  // Each run has a directory of its own.
  return found === undefined ? undefined : JSON.stringify(found.inputs).replace(/homeport-test-\w+/g, "");
}

function without(name: string, settings: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
}
