import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import {
  commandConnection,
  interactiveOptions,
  jumpOptions,
  loginOf,
  opensshOptions,
} from "../../../components/machine/connection";
import { sshEnvironment } from "../../../components/machine/ssh-environment";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { HOST, HOST_KEYS } from "../../support/fixtures";
import { describeWhere, missingTool } from "../../support/tools";

const VPS = { ...HOST, name: "vps", address: "198.51.100.10", user: "root", port: 2222, hostKey: HOST_KEYS.vps };

test("OpenSSH takes the pinned key only and asks nothing", () => {
  expect(opensshOptions(HOST)).toEqual([
    "-F",
    "/dev/null",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    "UserKnownHostsFile=none",
    "-o",
    "GlobalKnownHostsFile=none",
    "-o",
    `KnownHostsCommand=/usr/bin/env echo %H ${HOST_KEYS.pi}`,
    "-o",
    "ServerAliveInterval=10",
    "-o",
    "IdentityFile=none",
  ]);
});

test("a named identity is the only one that OpenSSH offers", () => {
  expect(opensshOptions({ ...HOST, privateKeyFile: "~/keys/id" }).slice(-4)).toEqual([
    "-o",
    "IdentitiesOnly=yes",
    "-i",
    "~/keys/id",
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

test("a script gets login, port and an option a line", () => {
  expect(sshEnvironment({ address: VPS })).toEqual({
    TARGET: "root@198.51.100.10",
    PORT: "2222",
    SSH_OPTIONS: opensshOptions(VPS).join("\n"),
  });
});

test("login", () => {
  expect(loginOf(HOST)).toBe("pi@192.168.77.10");
});

describeWhere("through another host", missingTool("ssh", ["-V"]), () => {
  const directory = temporaryDirectory();

  test("ssh in front gets its own options as they are", () => {
    writeFiles(directory, { ssh: `#!/bin/sh\nprintf '%s\\n' "$@" >"$(dirname "$0")/asked"\n` }, 0o755);
    const PATH = `${directory}:${process.env["PATH"] ?? ""}`;
    const ssh = spawnSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).stdout.trim();
    spawnSync(ssh, [...interactiveOptions(HOST), ...jumpOptions(VPS), "pi@10.77.0.2"], {
      env: { ...process.env, PATH },
    });
    expect(readFileSync(path.join(directory, "asked"), "utf8").split("\n")).toEqual([
      ...interactiveOptions(VPS),
      ...["-W", "10.77.0.2:22", "root@198.51.100.10", ""],
    ]);
  });
});
