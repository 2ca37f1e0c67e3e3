import { commandConnection, loginOf, opensshOptions } from "../../../components/machine/connection";
import { sshEnvironment } from "../../../components/machine/ssh-environment";
import { HOST, HOST_KEYS } from "../../support/fixtures";

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
