import { HostAddress } from "../../../settings/host-address";
import { unreachedMessage } from "../../../components/machine/probe-failure";
import { HOST } from "../../support/fixtures";

describe("a refused login", () => {
  const message = (host: HostAddress, agent?: string, reason = "Permission denied") =>
    unreachedMessage(host, { reached: false, failure: "login", reason, keys: [] }, agent);

  test("names the key file of the settings", () => {
    expect(message({ ...HOST, privateKeyFile: "~/.ssh/pi" })).toContain(
      "Add the public half of ~/.ssh/pi to ~pi/.ssh/authorized_keys",
    );
  });

  test("names the agent where there is one", () => {
    expect(message(HOST, "/run/agent")).toContain("refused. Add a key of your ssh agent to ~pi/.ssh/authorized_keys");
  });

  test("says that no key was offered where there is neither", () => {
    expect(message(HOST)).toContain("there is no ssh agent (SSH_AUTH_SOCK is not set)");
  });

  test("names the way out of a crowded agent", () => {
    expect(message(HOST, "/run/agent", "Too many authentication failures")).toContain("set 'privateKeyFile'");
  });
});

test.each([
  ["host key", "", ["ssh-ed25519 AAAA"], "It now shows 'hostKey: ssh-ed25519 AAAA'"],
  ["password", "expired", [], "the password of pi has expired"],
  ["sudo", "sh: 1: exec: sudo: not found", [], "apt-get install sudo"],
  ["sudo", "sudo: a password is required", [], "/etc/sudoers.d/010-homeport"],
  [
    "answer",
    "exit code 127: fish: no",
    [],
    "the login as pi works, but the probe did not run there (exit code 127: fish: no)",
  ],
  ["unreachable", "kex_exchange_identification: read: Connection reset by peer", [], "wait a minute"],
  ["workstation", "Bad configuration option", [], "OpenSSH 8.5 or newer"],
] as const)("a failure of the kind %s (%s) has its remedy", (failure, reason, keys, says) => {
  const message = unreachedMessage(HOST, { reached: false, failure, reason, keys }, undefined);
  expect(message).toContain(says);
  expect(message).toMatch(/^pi \(192\.168\.77\.10\)/);
});
