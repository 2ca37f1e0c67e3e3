import { parse } from "yaml";

import { Answers, answersIn, withAnswers } from "../../../setup/stack-file";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAmVsAz4vorb9xBXUiTYT/mKSLdoLbAAR2XfSiN7L3wj";

const ANSWERS: Answers = {
  domain: "example.org",
  edge: { address: "198.51.100.10", port: 22, user: "root", hostKey: KEY },
  server: { name: "pi", address: "192.168.1.101", port: 22, user: "pi", hostKey: KEY, platform: "linux/arm64" },
  tls: { directory: "staging", email: "you@example.org" },
  zoneId: "0123456789abcdef0123456789abcdef",
};

const write = (before: string, answers: Answers = ANSWERS): string =>
  withAnswers(before, "Pulumi.x.yaml", answers, "homeport");

const config = (text: string): unknown => (parse(text) as { config: unknown }).config;

test("a first file has what a first deploy needs, and no line more", () => {
  expect(config(write(""))).toEqual({
    "homeport:domain": "example.org",
    "homeport:edge": { address: "198.51.100.10", hostKey: KEY },
    "homeport:servers": [{ name: "pi", address: "192.168.1.101", hostKey: KEY, platform: "linux/arm64" }],
    "homeport:tls": { directory: "staging", email: "you@example.org" },
    "homeport:dns": { provider: "cloudflare", zoneId: "0123456789abcdef0123456789abcdef" },
  });
});

test("every value has a word on its line, the key its fingerprint", () => {
  const text = write("");
  for (const line of [
    /^ {2}homeport:domain: example.org # /m,
    /directory: staging # /,
    /hostKey: .* # SHA256:/,
    /platform: \S+ # /,
  ])
    expect(text).toMatch(line);
});

test("the same answers again change nothing", () => {
  const text = write("");
  expect(write(text)).toBe(text);
});

test("one changed answer is one changed line", () => {
  const before = write("");
  const lines = before.split("\n");
  const after = write(before, { ...ANSWERS, tls: { ...ANSWERS.tls, directory: "production" } }).split("\n");
  expect(after.filter((line, index) => line !== lines[index])).toEqual(["    directory: production"]);
});

test("a stack's salt, other settings, other servers and comments stay", () => {
  const before = [
    "# mine",
    "encryptionsalt: v1:abc=",
    "config:",
    "  homeport:app: # the project",
    "    context: ../site",
    "  homeport:servers:",
    "    - name: home # the old laptop",
    "      address: 192.168.1.5",
    "      open: [53/udp]",
    "    - name: second",
    "      address: 192.168.1.6",
    "",
  ].join("\n");
  const text = write(before, { ...ANSWERS, server: { ...ANSWERS.server, name: "home" } });
  expect(text).toMatch(/^# mine\nencryptionsalt: v1:abc=\n/);
  expect(text).toContain("# the project");
  expect(config(text)).toMatchObject({
    "homeport:app": { context: "../site" },
    "homeport:servers": [
      { name: "home", address: "192.168.1.101", open: ["53/udp"] },
      { name: "second", address: "192.168.1.6" },
    ],
  });
});

test("answers are read back, whatever else the file says", () => {
  expect(answersIn(write(""), "Pulumi.x.yaml", "homeport")).toMatchObject({
    domain: "example.org",
    edge: { address: "198.51.100.10" },
    servers: [{ name: "pi", platform: "linux/arm64" }],
    dns: { zoneId: "0123456789abcdef0123456789abcdef" },
  });
  expect(answersIn("encryptionsalt: x\n", "Pulumi.x.yaml", "homeport")).toEqual({});
  expect(answersIn("", "Pulumi.x.yaml", "homeport")).toEqual({});
});

test.each([
  ["config: [", /Pulumi.x.yaml: .*correct it first/s],
  ["config:\n  homeport:edge: here\n", /config\/homeport:edge is no group of settings/],
  ["config:\n  homeport:servers: one\n", /config\/homeport:servers is no list of servers/],
])("a file that is wrong is not written over: %j", (text, message) => {
  expect(() => write(text)).toThrow(message);
});

test("other ports and users are written, a key file only where one is named", () => {
  const text = write("", {
    ...ANSWERS,
    edge: { ...ANSWERS.edge, port: 2222, user: "ubuntu", privateKeyFile: "~/.ssh/id_ed25519" },
    zoneId: undefined,
  });
  expect(config(text)).toMatchObject({
    "homeport:edge": { port: 2222, user: "ubuntu", privateKeyFile: "~/.ssh/id_ed25519" },
    "homeport:dns": { provider: "none" },
  });
});
