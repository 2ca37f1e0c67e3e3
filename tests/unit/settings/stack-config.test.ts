import { readFileSync } from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import { loadSettings } from "../../../settings/load";
import { workingDirectory, writeFiles } from "../../support/directory";
import { MINIMAL } from "../../support/settings";

/** Without its keys it is a fault. */
const STORAGE = { endpoint: "https://s3.example.org", bucket: "weblog" };

const directory = workingDirectory();

beforeEach(() => {
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config: {}\n" });
  configure(MINIMAL);
});

// The engine hands over texts as they are and everything else as JSON.
function configure(values: Readonly<Record<string, unknown>>): void {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        `project:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
}

test("the stack's configuration is read with the types that it was written in", () => {
  configure({ ...MINIMAL, tunnel: { port: 443 }, hosts: ["example.org"] });
  expect(loadSettings()).toMatchObject({ domain: "example.org", hosts: ["example.org"], tunnel: { port: 443 } });
});

test("settings of other packages are not ours", () => {
  pulumi.runtime.setConfig("cloudflare:apiToken", "token");
  expect(loadSettings().domain).toBe("example.org");
});

test("what the checkout's own file says goes before the stack's", () => {
  writeFiles(directory, {
    "Pulumi.stack.local.yaml":
      "config:\n  project:domain: weblog.test\n  project:tls: { email: lab@weblog.test, directory: 'https://acme.test/dir' }\n",
  });
  expect(loadSettings()).toMatchObject({
    domain: "weblog.test",
    tls: { email: "lab@weblog.test", directory: "https://acme.test/dir" },
    servers: [{ name: "pi" }],
  });
});

test("an empty text in the checkout's own file takes a setting away that may be left out", () => {
  configure({ ...MINIMAL, databaseUrl: "postgresql://user:password@db.example.org/site", storage: STORAGE });
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config:\n  project:databaseUrl: ''\n  project:storage: {}\n" });
  expect(loadSettings()).toMatchObject({ database: { url: undefined }, storage: undefined });
});

test("a fault in the checkout's own file is a fault like any other", () => {
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config:\n  project:domian: weblog.test\n" });
  expect(loadSettings).toThrow("  domian: unknown setting: write domain\n");
});

test("the file of another stack is not read", () => {
  writeFiles(directory, { "Pulumi.other.local.yaml": "config:\n  project:domain: other.test\n" });
  expect(loadSettings().domain).toBe("example.org");
});

test.each(["", "settings: {}\n", "config: 1\n"])("rejects a file without settings and names it: %j", (text) => {
  writeFiles(directory, { "Pulumi.stack.local.yaml": text });
  expect(loadSettings).toThrow("Pulumi.stack.local.yaml: ");
});

test("a file that is no YAML is named, without a stack trace", () => {
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config:\n  a: [\n" });
  expect(loadSettings).toThrow(/^Pulumi\.stack\.local\.yaml: is no YAML: .*line 3/s);
});

test("what the engine fills in from Pulumi.yaml names every value that is required", () => {
  const { config } = parse(readFileSync(path.join(__dirname, "..", "..", "..", "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default: unknown }>;
  };
  configure(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("homeport:", ""), value.default])),
  );
  const faults = [
    "dns.provider: is required: none or cloudflare",
    "domain: is required: a domain name such as example.org",
    "edge.address: is required",
    "edge.hostKey: is required",
    "servers: is empty: it needs",
    "tls.email: is required: an e-mail address",
  ];
  expect(loadSettings).toThrow(`has ${faults.length} fault(s):\n`);
  for (const fault of faults) expect(loadSettings).toThrow(`\n  ${fault}`);
});

test("what a stack may do without is not there where Pulumi.yaml gives it an empty value", () => {
  const none = { ingress: "", storage: {}, databaseUrl: "", storageAccessKey: "", storageSecretKey: "" };
  configure({ ...MINIMAL, ...none });
  const { storage, database, ...settings } = loadSettings();
  expect(settings).toMatchObject({ ingress: "server" });
  expect([storage, database.url]).toEqual([undefined, undefined]);
});

test("an empty configuration names every setting that is required", () => {
  configure({});
  expect(loadSettings).toThrow(
    /has 5 fault\(s\):\n {2}dns: is required: .*\n {2}domain: is required: .*\n {2}edge: is required: .*\n {2}servers: is required: .*\n {2}tls: is required: /,
  );
});

describe("settings under the project's default name", () => {
  const UNREAD = { "homeport:domain": "example.org", "homeport:edge": "{}" };

  test("are named where the project has another one, with what to write", () => {
    pulumi.runtime.setAllConfig(UNREAD);
    expect(loadSettings).toThrow(
      "2 setting(s) in Pulumi.stack.yaml are ignored: they are under 'homeport:', but the project is named project (Pulumi.yaml). " +
        "Write 'project:domain' instead of 'homeport:domain' there",
    );
  });

  test("are no matter where nothing is wrong, nor are those of other packages", () => {
    pulumi.runtime.setConfig("homeport:domain", "example.org");
    expect(loadSettings().domain).toBe("example.org");
    pulumi.runtime.setAllConfig({ "cloudflare:apiToken": "token" });
    expect(loadSettings).toThrow(/tls: is required: .*\n$/);
  });
});
