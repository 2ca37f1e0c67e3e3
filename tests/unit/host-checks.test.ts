import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { hostScript } from "../../components/machine/scripts";
import { temporaryDirectory, writeFiles } from "../support/directory";
import { GOLDEN } from "../support/golden";
import { describeWhere, Ended, missingTool } from "../support/tools";

/** The programs that read our files, asked about the golden ones. */
const golden = readdirSync(GOLDEN, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(GOLDEN, path.join(entry.parentPath, entry.name)));

const fine: Ended = { code: 0, stdout: "", stderr: "" };

function run(program: string, args: readonly string[], input = ""): Ended {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

describeWhere("nft takes the firewalls", missingTool("unshare", ["--net", "nft", "--version"]), () => {
  test.each(golden.filter((name) => name.endsWith(".nft")))("%s", (name) => {
    expect(run("unshare", ["--net", "nft", "--check", "--file", path.join(GOLDEN, name)])).toEqual(fine);
  });
});

describeWhere("systemd takes the units", missingTool("systemd-analyze", ["--version"]), () => {
  const root = temporaryDirectory();

  test.each(golden.filter((name) => /\.(service|timer)$/.test(name)))("%s", (name) => {
    const unit = path.join(root, path.basename(name));
    copyFileSync(path.join(GOLDEN, name), unit);
    expect(complaints(run("systemd-analyze", ["verify", "--man=no", unit]))).toEqual([]);
  });

  test.each(golden.filter((name) => name.endsWith(".service.d/homeport.conf")))("%s", (name) => {
    const unit = path.basename(path.dirname(name)).replace(".d", "");
    const type = unit === "docker.service" ? "notify" : "oneshot\nRemainAfterExit=yes";
    const original = `[Service]\nType=${type}\nExecStart=/bin/true\nExecReload=/bin/true\n`;
    writeFiles(root, { [unit]: original, [`${unit}.d/homeport.conf`]: readFileSync(path.join(GOLDEN, name), "utf8") });
    expect(complaints(run("systemd-analyze", ["verify", "--man=no", path.join(root, unit)]))).toEqual([]);
  });

  // That a program of the host is not on this machine is no fault of the unit.
  function complaints({ stderr }: Ended): string[] {
    return stderr.split("\n").filter((line) => line !== "" && !/is not executable: No such file/.test(line));
  }
});

// sshd wants that directory even to read a file.
describeWhere("sshd takes the drop-ins", missingTool("sh", ["-c", "command -v sshd && mkdir -p /run/sshd"]), () => {
  const sshd = run("sh", ["-c", "command -v sshd"]).stdout.trim();
  const key = path.join(temporaryDirectory(), "key");

  beforeAll(() => {
    run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  });

  test.each(golden.filter((name) => name.includes("/sshd_config.d/")))("%s", (name) => {
    expect(run(sshd, ["-t", "-f", path.join(GOLDEN, name), "-h", key])).toEqual(fine);
  });
});

describeWhere("shellcheck has nothing to say about", missingTool("shellcheck", ["--version"]), () => {
  test("what every host is given", () => {
    expect(run("shellcheck", ["-"], hostScript())).toEqual(fine);
  });
});

describeWhere("wg-quick takes the tunnels", missingTool("wg-quick", ["--help"]), () => {
  test.each(golden.filter((name) => /\/wireguard\/.*\.conf$/.test(name)))("%s", (name) => {
    const { code, stdout } = run("wg-quick", ["strip", path.join(GOLDEN, name)]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/PostUp|Address|Table/);
  });
});
