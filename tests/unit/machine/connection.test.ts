import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { commandConnection, loginOf, opensshOptions, renderKnownHosts } from "../../../components/machine/connection";
import { writeKnownHosts } from "../../../components/machine/known-hosts";
import { sshEnvironment } from "../../../components/machine/ssh-environment";
import { HOST, HOST_KEYS } from "../../support/fixtures";

const VPS = { ...HOST, name: "vps", address: "198.51.100.10", user: "root", port: 2222, hostKey: HOST_KEYS.vps };

test("OpenSSH takes the pinned key only and asks nothing", () => {
  expect(opensshOptions(HOST, "/tmp/known_hosts")).toEqual([
    "-F",
    "/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    'UserKnownHostsFile="/tmp/known_hosts"',
    "-o",
    "ServerAliveInterval=10",
  ]);
});

test("a directory with a space in its name is one file to OpenSSH", () => {
  // Unquoted, OpenSSH reads two files.
  expect(opensshOptions(HOST, "/my sites/known_hosts")).toContain('UserKnownHostsFile="/my sites/known_hosts"');
});

test("a named identity is the only one that OpenSSH offers", () => {
  expect(opensshOptions({ ...HOST, privateKeyFile: "/keys/id" }, "/tmp/known_hosts").slice(-4)).toEqual([
    "-o",
    "IdentitiesOnly=yes",
    "-i",
    "/keys/id",
  ]);
});

test("the command provider's connection has the host key, and no private key where the agent is asked", () => {
  expect(commandConnection(VPS)).toEqual({
    host: "198.51.100.10",
    port: 2222,
    user: "root",
    hostKey: HOST_KEYS.vps,
    dialErrorLimit: 10,
    perDialTimeout: 10,
  });
});

test("a line of known_hosts names the port when it is not 22", () => {
  expect(renderKnownHosts([VPS, HOST])).toBe(`192.168.77.10 ${HOST_KEYS.pi}\n[198.51.100.10]:2222 ${HOST_KEYS.vps}\n`);
});

test("known_hosts does not depend on the order of the hosts", () => {
  expect(renderKnownHosts([HOST, VPS])).toBe(renderKnownHosts([VPS, HOST]));
});

test("known_hosts keeps the machines that are no longer named, and of the others the new keys", () => {
  const before = `${renderKnownHosts([HOST, VPS])}\n`;
  expect(renderKnownHosts([{ ...HOST, hostKey: "ssh-ed25519 NEW" }], before)).toBe(
    `192.168.77.10 ssh-ed25519 NEW\n[198.51.100.10]:2222 ${HOST_KEYS.vps}\n`,
  );
});

test("a script gets login, port and an option a line", () => {
  expect(sshEnvironment({ address: VPS, knownHostsFile: "/tmp/known hosts" })).toEqual({
    TARGET: "root@198.51.100.10",
    PORT: "2222",
    SSH_OPTIONS:
      '-F\n/dev/null\n-o\nBatchMode=yes\n-o\nStrictHostKeyChecking=yes\n-o\nUserKnownHostsFile="/tmp/known hosts"\n-o\nServerAliveInterval=10',
  });
});

test("login", () => {
  expect(loginOf(HOST)).toBe("pi@192.168.77.10");
});

describe("writeKnownHosts", () => {
  const before = process.cwd();
  const directory = mkdtempSync(path.join(tmpdir(), "homeport-test-"));
  beforeAll(() => {
    process.chdir(directory);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true });
  });

  test("writes one file for each stack, and the same one again", () => {
    const file = writeKnownHosts("dev", [HOST]);
    expect(path.relative(process.cwd(), file)).toBe(".homeport/dev/known_hosts");
    expect(writeKnownHosts("dev", [HOST])).toBe(file);
    expect(readFileSync(file, "utf8")).toBe(renderKnownHosts([HOST]));
    expect(statSync(file).mode & 0o022).toBe(0);
  });
});
