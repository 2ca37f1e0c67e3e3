import { spawnSync } from "node:child_process";

import { asRoot } from "../../../../components/machine/bundle-command";
import { readObservation } from "../../../../components/machine/observation";
import { hostScript } from "../../../../components/machine/scripts";
import { sshEnvironment } from "../../../../components/machine/ssh-environment";
import { missingTool } from "../../../support/tools";
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
      `exec sh -c 'if [ "$(id -u)" -eq 0 ]; then exec bash -s probe; else exec sudo -n bash -s probe; fi'`,
    );
    expect(programs.read("input")).toBe(hostScript());
  });
});

test.each([
  ["is down", 255, "ssh: connect to host 192.168.77.10 port 22: No route to host", "unreachable"],
  ["refuses the key", 255, "pi@192.168.77.10: Permission denied (publickey).", "login"],
  ["refuses sudo", 1, "sudo: a password is required", "sudo"],
])("a host that %s is an observation, not a failure", (_, code, message, failure) => {
  const { ended } = probe(`echo '${message}' >&2; exit ${code}\n`);
  expect(ended).toEqual({ code: 0, stdout: `failed ${code}\n\n`, stderr: `${message}\n` });
  expect(readObservation(ended.stdout + ended.stderr, "homeport/dev")).toEqual({
    reached: false,
    failure,
    reason: message,
    keys: [],
  });
});

test("a host that shows another key is asked for all of them, in the form that the settings take", () => {
  const programs = new FakePrograms(root, {
    ssh: "echo 'Host key verification failed.' >&2; exit 255\n",
    "ssh-keyscan": `printf '%s\\n' "$@" >"$FAKES/asked"
echo '# 192.168.77.10:22 SSH-2.0-OpenSSH_9.2p1'
echo '192.168.77.10 ${HOST.hostKey}'
`,
  });
  const ended = programs.run("machine/scripts/probe.sh", environment, hostScript());
  expect(programs.read("asked").split("\n")).toEqual(expect.arrayContaining(["22", "192.168.77.10"]));
  expect(readObservation(ended.stdout + ended.stderr, "homeport/dev")).toMatchObject({
    failure: "host key",
    keys: [HOST.hostKey],
  });
});

test("a workstation without ssh is the workstation's fault", () => {
  const programs = new FakePrograms(root, {});
  const ended = programs.run("machine/scripts/probe.sh", { ...environment, PATH: "/nowhere" });
  expect(ended.code).toBe(0);
  expect(readObservation(ended.stdout + ended.stderr, "homeport/dev")).toMatchObject({
    reached: false,
    failure: "workstation",
    reason: "there is no ssh on this workstation",
  });
});

describe("the command", () => {
  // What of them is here. As another user it takes the way by sudo, which may ask here.
  const shells = ["sh", "bash", "zsh", "fish", "tcsh", "ksh"].filter(
    (name) => missingTool(name, ["-c", "true"]) === undefined,
  );

  const asked = process.getuid?.() === 0 ? shells : [];

  test.each(asked)("is one to %s", (shell) => {
    const { stdout } = spawnSync(shell, ["-c", asRoot("probe")], { input: 'echo "$0 $1"', encoding: "utf8" });
    expect(stdout).toBe("bash probe\n");
  });
});
