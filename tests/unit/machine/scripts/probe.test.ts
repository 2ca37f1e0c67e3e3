import { asRoot } from "../../../../components/machine/bundle-command";
import { readObservation } from "../../../../components/machine/observation";
import { hostScript } from "../../../../components/machine/scripts";
import { sshEnvironment } from "../../../../components/machine/ssh-environment";
import { temporaryDirectory } from "../../../support/directory";
import { HOST } from "../../../support/fixtures";
import { FakePrograms } from "../../../support/script-run";

const root = temporaryDirectory();
const host = { ...HOST, privateKeyFile: "/my keys/id_ed25519" };
const environment = {
  ...sshEnvironment({ address: host }),
  COMMAND: asRoot("probe"),
};

const probe = (ssh: string): { programs: FakePrograms; ended: ReturnType<FakePrograms["run"]> } => {
  const programs = new FakePrograms(root, { ssh });
  return { programs, ended: programs.run("machine/scripts/probe.sh", environment, hostScript()) };
};

describe("a host that answers", () => {
  const { programs, ended } = probe(`printf '%s\\n' "$@" >"$FAKES/arguments"
cat >"$FAKES/input"
echo "machine 0123abcd at 1700000000"
echo "bundle base homeport/dev"
echo "revision r1"
echo "Warning: agent contains no identities" >&2
`);

  test("is reported as reached, with what it said", () => {
    expect(ended).toEqual({
      code: 0,
      stdout: "reached\nmachine 0123abcd at 1700000000\nbundle base homeport/dev\nrevision r1\n",
      stderr: "Warning: agent contains no identities\n",
    });
    expect(readObservation(ended.stdout, "homeport/dev")).toEqual({ reached: true, revision: "r1", found: [] });
  });

  test("is asked with the pinned key, and every option is one argument, spaces or not", () => {
    const given = programs.read("arguments").split("\n");
    expect(given).toEqual(
      expect.arrayContaining([
        "StrictHostKeyChecking=yes",
        `KnownHostsCommand=/usr/bin/env echo %H ${HOST.hostKey}`,
        "/my keys/id_ed25519",
        "ConnectTimeout=10",
        "pi@192.168.77.10",
      ]),
    );
    expect(given[given.indexOf("-p") + 1]).toBe("22");
  });

  test("runs the script as root, by sudo without a question where it has to", () => {
    expect(programs.read("arguments")).toContain(
      'if [ "$(id -u)" -eq 0 ]; then exec bash -s probe; else exec sudo -n bash -s probe; fi',
    );
    expect(programs.read("input")).toBe(hostScript());
  });
});

test.each([
  ["is down", 255, "ssh: connect to host 192.168.77.10 port 22: No route to host", "unreachable"],
  ["shows another key", 255, "Host key verification failed.", "host key"],
  ["refuses the key", 255, "pi@192.168.77.10: Permission denied (publickey).", "login"],
  ["refuses sudo", 1, "sudo: a password is required", "sudo"],
])("a host that %s is an observation, not a failure", (_, code, message, failure) => {
  const { ended } = probe(`echo '${message}' >&2; exit ${code}\n`);
  expect(ended).toEqual({ code: 0, stdout: "unreachable\n\n", stderr: `${message}\n` });
  expect(readObservation(ended.stdout + ended.stderr, "homeport/dev")).toEqual({
    reached: false,
    failure,
    reason: message,
  });
});

test("a workstation without ssh is reported like an unreachable host", () => {
  const programs = new FakePrograms(root, {});
  const ended = programs.run("machine/scripts/probe.sh", { ...environment, PATH: "/nowhere" });
  expect(ended.code).toBe(0);
  expect(readObservation(ended.stdout + ended.stderr, "homeport/dev")).toMatchObject({
    reached: false,
    reason: expect.stringContaining("ssh") as string,
  });
});
