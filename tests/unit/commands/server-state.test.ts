import { serverState, withoutServer } from "../../../commands/server-state";
import { nameOf } from "../../../state";

const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const urn = (type: string, name: string): string => `urn:pulumi:dev::homeport::${type}::${name}`;
const DOCKER = "pulumi:providers:docker";
const REMOTE = "command:remote:Command";
const LOCAL = "command:local:Command";
const CONTAINER = "docker:index/container:Container";
const SERVER = "homeport:index:Server";

const engine = (name: string, address: string) => ({
  ...{ urn: urn(DOCKER, `${name}-docker`), type: DOCKER, id: `${name}-engine` },
  inputs: { host: `ssh://admin@${address}:22`, sshOpts: '["-o","BatchMode=yes"]' },
});

const command = (name: string, host: string, plain: boolean, over: object = {}) => ({
  ...{ urn: urn(REMOTE, name), type: REMOTE, id: `${name}-id` },
  inputs: {
    connection: {
      ...SIGNATURE,
      ...(plain ? { plaintext: JSON.stringify({ host, port: 22, privateKey: "KEY" }) } : { ciphertext: "v1:secret" }),
    },
  },
  ...over,
});

const container = (name: string, server: string, over: object = {}) => ({
  ...{ urn: urn(CONTAINER, name), type: CONTAINER, id: `${name}-id` },
  provider: `${urn(DOCKER, `${server}-docker`)}::${server}-engine`,
  ...over,
});

/** A state as the CLI exports it; plain: with `--show-secrets`. */
const state = (plain: boolean): string =>
  JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-11-28T00:00:00Z" },
      secrets_providers: { type: "passphrase" },
      resources: [
        { urn: urn(SERVER, "one"), type: SERVER },
        engine("vps", "198.51.100.10"),
        engine("pi", "192.168.77.10"),
        { urn: urn(DOCKER, "default"), type: DOCKER, id: "2", inputs: { version: "5.2.0" } },
        command("one-files", "198.51.100.11", plain, { parent: urn(SERVER, "one") }),
        { ...engine("one", "198.51.100.11"), dependencies: [urn(REMOTE, "one-files")] },
        container("traefik-one", "one"),
        container("app-web", "pi"),
        // A container of before that waits to be deleted, on the other server.
        container("app-one-web", "pi", { id: "old", delete: true }),
        container("app-one-web", "one"),
        // It goes to no machine when it is removed.
        { urn: urn(LOCAL, "app-one-transfer"), type: LOCAL, id: "3", dependencies: [urn(REMOTE, "one-files")] },
        command("vps-files", "198.51.100.10", plain),
        command("app-route", "192.168.77.10", plain, {
          dependencies: [urn(CONTAINER, "app-web"), urn(CONTAINER, "app-one-web"), urn(CONTAINER, "traefik-one")],
          propertyDependencies: { stdin: [urn(CONTAINER, "app-web"), urn(CONTAINER, "traefik-one")], create: null },
          deletedWith: urn(CONTAINER, "traefik-one"),
        }),
      ],
      pending_operations: [
        { resource: container("app-one-web-2", "one"), type: "creating" },
        { resource: container("app-web-2", "pi"), type: "creating" },
        { resource: container("traefik-one", "one"), type: "updating" },
      ],
    },
  });

const names = (text: string, server: string): string[] =>
  serverState(text, server).resources.map((one) => nameOf(one.urn));

test("a server's own is what is in its engine, the engine, and the commands that go to its address", () => {
  expect(names(state(true), "one")).toEqual(["one-files", "one-docker", "traefik-one", "app-one-web", "app-one-web-2"]);
  expect(names(state(true), "pi")).toEqual(["pi-docker", "app-web", "app-one-web", "app-route", "app-web-2"]);
  expect(serverState(state(true), "one").engine).toEqual({
    url: "ssh://admin@198.51.100.11:22",
    sshOptions: ["-o", "BatchMode=yes"],
  });
});

test("a server that is none is refused, and so is the edge", () => {
  expect(() => serverState(state(true), "six")).toThrow(/^six is not a server in the state: expected pi, one$/);
  expect(() => serverState(state(true), "vps")).toThrow(/^vps is not a server in the state/);
  expect(() => serverState(JSON.stringify({ version: 3, deployment: { resources: [] } }), "pi")).toThrow(
    /it has none$/,
  );
});

describe("a state without a server", () => {
  const left = JSON.parse(withoutServer(state(false), serverState(state(true), "one").resources)) as {
    deployment: { resources: { urn: string; id?: string }[]; pending_operations: { resource: { urn: string } }[] };
  };
  const { resources, pending_operations: pending } = left.deployment;

  test("has all the rest as it was, encrypted as it was", () => {
    const before = JSON.parse(state(false)) as typeof left;
    expect(left).toMatchObject({
      version: 3,
      deployment: { manifest: { time: "2026-11-28T00:00:00Z" }, secrets_providers: { type: "passphrase" } },
    });
    expect(resources.map((one) => nameOf(one.urn))).toEqual([
      ...["one", "vps-docker", "pi-docker", "default", "app-web", "app-one-web", "app-one-transfer"],
      ...["vps-files", "app-route"],
    ]);
    const untouched = ["one", "vps-docker", "pi-docker", "default", "app-web", "vps-files"];
    for (const name of untouched)
      expect(resources.find((one) => nameOf(one.urn) === name)).toEqual(
        before.deployment.resources.find((one) => nameOf(one.urn) === name),
      );
    expect(JSON.stringify(left)).not.toContain("KEY");
  });

  test("has no word of what is gone, but of one that has the same name elsewhere", () => {
    expect(resources.find((one) => nameOf(one.urn) === "app-one-transfer")).toMatchObject({ dependencies: [] });
    const route = resources.find((one) => nameOf(one.urn) === "app-route");
    expect(route).toMatchObject({
      dependencies: [urn(CONTAINER, "app-web"), urn(CONTAINER, "app-one-web")],
      propertyDependencies: { stdin: [urn(CONTAINER, "app-web")], create: null },
    });
    expect(route).not.toHaveProperty("deletedWith");
    expect(resources.find(({ id }) => id === "old")).toBeDefined();
  });

  test("has nothing pending there", () => {
    expect(pending.map(({ resource }) => nameOf(resource.urn))).toEqual(["app-web-2"]);
  });
});
