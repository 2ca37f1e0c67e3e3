import { BARE } from "../../support/mocks";
import { HOST_KEYS, hostKey as keyOf } from "../../support/fixtures";
import { Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const server = (name: string, address: string, hostKey = keyOf(name)) => ({ name, address, hostKey, user: "admin" });

const PI = server("pi", "192.168.77.10", HOST_KEYS.pi);
const ONE = server("one", "198.51.100.11");
const TWO = server("two", "198.51.100.12");

const SETTINGS = {
  ...FULL,
  servers: [PI, ONE, TWO],
  database: { engine: "postgresql", server: "pi" },
  storage: { endpoint: "https://s3.example.org", bucket: "weblog" },
  storageAccessKey: "KEY",
  storageSecretKey: "KEY",
} as const;

/** The outputs of a first `up` with these settings. */
let before: Record<string, unknown>;
beforeAll(async () => {
  before = await outputs(SETTINGS);
});

async function outputs(settings: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const run = await runProgram({ settings });
  return { host: run.outputs["host"]?.value };
}

const then = (servers: readonly unknown[], database: object = SETTINGS.database): Promise<Run> =>
  runProgram({ settings: { ...SETTINGS, servers, database }, before });

const OTHER_FIRST = /servers\[0\]\.name: the first server was pi, the settings say /;

describe("the first server cannot become another one by the settings", () => {
  test.each([
    ["taken out", [ONE, TWO]],
    ["moved behind another", [ONE, PI, TWO]],
    ["named otherwise", [server("berry", PI.address, PI.hostKey), ONE, TWO]],
    ["exchanged for a machine of another name", [server("new", "192.168.77.11"), ONE, TWO]],
  ])("%s", async (_, servers) => {
    await expect(then(servers, { engine: "postgresql", server: "one" })).rejects.toThrow(OTHER_FIRST);
  });

  test("also where it is the only one", async () => {
    const alone = await outputs(FULL);
    const servers = [{ ...FULL.servers[0], name: "berry" }];
    await expect(runProgram({ settings: { ...FULL, servers }, before: alone })).rejects.toThrow(OTHER_FIRST);
  });

  test("its renaming is reported in one sentence, with the remedy", async () => {
    const message = await fault(
      then([server("berry", PI.address, PI.hostKey), ONE, TWO], { engine: "postgresql", server: "one" }),
    );
    expect(message).not.toContain("was the server ");
    expect(message).toContain(`docs/scale-out.md, "Another first server"`);
  });
});

describe("a machine cannot become another server in one step", () => {
  test.each([
    ["another name", [PI, server("uno", ONE.address, ONE.hostKey), TWO], "servers[1].name: the machine 198.51.100.11"],
    [
      "another name and address",
      [PI, server("uno", "198.51.100.19", ONE.hostKey)],
      "was the server one, the settings say uno",
    ],
    ["another name and host key", [PI, server("uno", ONE.address)], "was the server one, the settings say uno"],
    [
      "each other's names",
      [PI, { ...ONE, name: "two" }, { ...TWO, name: "one" }],
      "servers[2].name: the machine 198.51.100.12",
    ],
    ["the name of the first", [{ ...ONE, name: "pi" }, TWO], "was the server one, the settings say pi"],
    [
      "a name of its own, when the first has another machine",
      [server("pi", "192.168.77.11"), { ...PI, name: "old" }],
      "was the server pi, the settings say old",
    ],
  ])("%s", async (_, servers, words) => {
    await expect(then(servers)).rejects.toThrow(words);
  });
});

describe("everything else stays free", () => {
  test.each([
    ["nothing else", [PI, ONE, TWO]],
    ["another order of the others", [PI, TWO, ONE]],
    ["one less", [PI, TWO]],
    ["one more", [PI, ONE, server("new", "198.51.100.13"), TWO]],
    ["another machine of the same name", [server("pi", "192.168.77.11"), ONE, TWO]],
  ])("%s", async (_, servers) => {
    await expect(then(servers)).resolves.toBeDefined();
  });

  test("machines that share a host key, as cards written from one image do", async () => {
    const servers = [PI, { ...ONE, hostKey: PI.hostKey }, TWO];
    const twins = await outputs({ ...SETTINGS, servers });
    await expect(runProgram({ settings: { ...SETTINGS, servers }, before: twins })).resolves.toBeDefined();
  });

  test("after a destroy, and in a stack that was a guest before", async () => {
    const settings = { ...SETTINGS, servers: [server("berry", PI.address, PI.hostKey)], database: { server: "berry" } };
    await expect(runProgram({ settings, before: {} })).resolves.toBeDefined();
    const guest = { host: { ...(before["host"] as object), owner: "homeport/production" } };
    await expect(runProgram({ settings, before: guest })).resolves.toBeDefined();
  });
});

describe("the database does not move to another server without its data", () => {
  const MOVED = /database\.server: the database is on pi; on one it would be empty.*"PostgreSQL on another server"/s;
  const onOne = { engine: "postgresql", server: "one" };

  test("as the outputs know", async () => {
    await expect(then(SETTINGS.servers, onOne)).rejects.toThrow(MOVED);
  });

  test("as the server itself knows, where the outputs are of a time before", async () => {
    const probes = {
      "admin@192.168.77.10": `${BARE}bundle base homeport/dev\nrevision r1\nbundle homeport-dev-postgres homeport/dev\nrevision r1\n`,
    };
    const settings = { ...SETTINGS, database: onOne };
    await expect(runProgram({ settings, probes })).rejects.toThrow(MOVED);
    await expect(runProgram({ settings: SETTINGS, probes })).resolves.toBeDefined();
  });

  test("nor when its server is taken out in the same step", async () => {
    before = await outputs({ ...SETTINGS, database: onOne });
    await expect(then([PI, TWO], { engine: "postgresql", server: "two" })).rejects.toThrow(
      "the database is on one; on two it would be empty",
    );
  });

  test("a stack may begin to have one, and to have none", async () => {
    const none = await outputs({ ...FULL, servers: [PI] });
    expect(none["host"]).not.toHaveProperty("database");
    const settings = { ...FULL, servers: [PI], database: { server: "pi" } };
    await expect(runProgram({ settings, before: none })).resolves.toBeDefined();
    await expect(
      runProgram({ settings: { ...FULL, servers: [PI] }, before: await outputs(settings) }),
    ).resolves.toBeDefined();
  });
});

async function fault(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "",
    (error: unknown) => String(error),
  );
}
