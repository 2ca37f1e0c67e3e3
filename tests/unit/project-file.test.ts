import { readFileSync } from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { readSettings } from "../../config";
import { MINIMAL } from "../support/settings";

interface Declared {
  readonly type: string;
  readonly description: string;
}

const project = readYaml("Pulumi.yaml") as { name: string; config: Record<string, Declared> };
const declared = Object.fromEntries(
  Object.entries(project.config).map(([key, value]) => [key.replace(`${project.name}:`, ""), value]),
);

const settings = readSettings({
  ...MINIMAL,
  dns: { provider: "cloudflare", zoneId: "6f1e0c5d4b3a29180706f5e4d3c2b1a0" },
});

test("Pulumi.yaml declares exactly the settings that the program knows", () => {
  expect(Object.keys(declared).sort()).toEqual(Object.keys(settings).sort());
});

test.each(Object.entries(declared))("%s has a type and a description", (_, { type, description }) => {
  expect(["string", "array", "object"]).toContain(type);
  expect(description).toMatch(/^\S.{20,}\.$/s);
});

test.each(Object.entries(declared))("the type of %s is the program's", (key, { type }) => {
  const value = settings[key as keyof typeof settings];
  expect(Array.isArray(value) ? "array" : typeof value).toBe(type);
});

test("every setting within a group is named in the group's description", () => {
  const missing = groups().flatMap(([key, group]) =>
    Object.keys(group)
      .filter((name) => !["caPem", "privateKey"].includes(name) && !(key === "edge" && name === "name"))
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(declared[key]?.description ?? ""))
      .map((name) => `${key}/${name}`),
  );
  expect(missing).toEqual([]);
});

describe("the default that a description names is the program's", () => {
  // `port (default 22)`, `mtu (bytes, default 1420)`, `ttlSeconds default 300`
  const named = groups().flatMap(([key, group]) =>
    Object.entries(group).flatMap(([name, value]: [string, unknown]) => {
      const [, text] =
        new RegExp(`\\b${name} (?:\\([^)]*?)?default (\\w[\\w./-]*|\\./\\w+)`).exec(declared[key]?.description ?? "") ??
        [];
      const plain = typeof value === "string" || typeof value === "number";
      return text !== undefined && plain ? [[`${key}/${name}`, text, String(value)] as const] : [];
    }),
  );

  test.each(named)("%s: %s", (_, text, value) => {
    expect(value).toBe(text);
  });

  test("there are some", () => {
    expect(named.map(([at]) => at)).toEqual(
      expect.arrayContaining(["edge/port", "edge/user", "servers/user", "tunnel/mtu", "dns/ttlSeconds", "app/workers"]),
    );
  });
});

test("the lab's stack has settings of Pulumi.yaml only", () => {
  const { config } = readYaml("Pulumi.dev.yaml") as { config: Record<string, unknown> };
  expect(Object.keys(config).filter((key) => !(key in project.config))).toEqual([]);
});

function groups(): [string, object][] {
  const { edge, servers, tunnel, tls, dns, images, app } = settings;
  return Object.entries({ edge, servers: servers[0], tunnel, tls, dns, images, app });
}

function readYaml(name: string): unknown {
  return parse(readFileSync(path.join(__dirname, "..", "..", name), "utf8"));
}
