import { emulationFault } from "../../../components/docker/emulation";
import { engineElsewhere, engineFault } from "../../../components/docker/workstation-engine";

const NONE = { DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };
const DOWN = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

describe("the workstation's engine", () => {
  test("that answers is right", () => {
    expect(engineFault(NONE, { stdout: "default linux/amd64\n", stderr: "" })).toBeUndefined();
  });

  test.each([
    [NONE, "default ", /^app\.context: .* does not answer: start it .*\. The usual one said: Cannot connect/],
    [NONE, "work ", /The one of the chosen context work said: /],
    [
      { ...NONE, DOCKER_HOST: "tcp://192.168.77.9:2375" },
      "",
      /unset DOCKER_HOST.*The one that DOCKER_HOST names \(tcp:\/\/192/,
    ],
    [{ ...NONE, DOCKER_CONTEXT: "pi" }, "pi ", /The one of the context pi, which DOCKER_CONTEXT names, said/],
  ])("that does not answer is named, with why it was asked: %j", (environment, stdout, says) => {
    expect(engineFault(environment, { stdout, stderr: `${DOWN}\n`, code: 1 })).toMatch(says);
  });

  test("that is not for this user says how it becomes so", () => {
    const stderr =
      "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
    expect(engineFault(NONE, { stdout: "default ", stderr, code: 1 })).toMatch(/usermod -aG docker/);
  });

  test("that is not there at all is to be installed", () => {
    expect(engineFault(NONE, { stdout: "", stderr: "", code: "ENOENT" })).toMatch(/has none: install it/);
  });

  test("of another machine is named where a variable chose it, without a login", () => {
    expect(engineElsewhere({ ...NONE, DOCKER_HOST: "ssh://me:word@192.168.77.9" })).toMatch(
      /^DOCKER_HOST is ssh:\/\/192\.168\.77\.9: /,
    );
    expect(engineElsewhere({ ...NONE, DOCKER_HOST: "unix:///run/user/1000/docker.sock" })).toBeUndefined();
    expect(engineElsewhere(NONE)).toBeUndefined();
  });
});

describe("the emulation of a server's processor", () => {
  const format = (flags: string, state = "enabled") =>
    `${state}\ninterpreter /usr/libexec/qemu-binfmt/arm-binfmt-P\nflags: ${flags}\noffset 0\n`;
  const here = () => true;

  test.each([
    ["linux/amd64", "linux/amd64"],
    ["linux/arm64", "linux/arm64"],
    ["linux/arm/v7", "linux/arm64"],
  ])("is not needed for %s on %s", (platform, engine) => {
    expect(emulationFault(platform, engine, {}, here)).toBeUndefined();
  });

  test("is there with the flag F and its file", () => {
    expect(emulationFault("linux/arm/v7", "linux/amd64", { "qemu-arm": format("POF") }, here)).toBeUndefined();
  });

  test.each([
    ["is missing", {}, /linux\/amd64\) cannot run programs for linux\/arm\/v7.*no emulation.*qemu-user-static/],
    ["is of another processor", { "qemu-aarch64": format("POF") }, /no emulation/],
    ["is switched off", { "qemu-arm": format("POF", "disabled") }, /no emulation/],
    ["has no flag F", { "qemu-arm": format("PO") }, /without the flag F/],
    ["has no flags", { "qemu-arm": format("") }, /without the flag F/],
  ])("that %s is refused before a build, with the package", (_, formats, says) => {
    const fault = emulationFault("linux/arm/v7", "linux/amd64", formats, here);
    expect(fault).toEqual({ fatal: true, text: expect.stringMatching(says) as string });
  });

  test("that a container registered works until the next restart", () => {
    const fault = emulationFault("linux/arm/v7", "linux/amd64", { "qemu-arm": format("F") }, () => false);
    expect(fault).toEqual({ fatal: false, text: expect.stringMatching(/gone after a restart/) as string });
  });
});
