import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import execa from "execa";
import { parse } from "yaml";

import { CHECKOUT, theLab } from "../support/lab";
import { looking } from "../support/lab-group";

looking("pulumi new", () => {
  let directory: string;
  let project: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "homeport-template-"));
    project = join(directory, "homeport");
    env = {
      ...(await theLab()).stack.env,
      PULUMI_BACKEND_URL: `file://${directory}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
      PULUMI_CONFIG_PASSPHRASE: "of nobody",
    };
    const source = join(directory, "source");
    await execa("git", ["clone", "--quiet", "--depth", "1", `file://${CHECKOUT}`, source]);
    await pulumi(directory, "new", source, "--generate-only", "--yes", "--name", "homeport", "--dir", project);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it("has every file of the template but git's own, and its settings", async () => {
    const { stdout } = await execa("git", ["ls-files"], { cwd: join(directory, "source") });
    const made = await readdir(project, { recursive: true, withFileTypes: true });
    const files = made
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(project.length + 1));
    expect(files.sort()).toEqual(stdout.split("\n").sort());
    expect(await settingsOf(project)).toMatchObject(await settingsOf(CHECKOUT));
  });

  it("names the example's values that have to be replaced", async () => {
    await symlink(join(CHECKOUT, "node_modules"), join(project, "node_modules"));
    await pulumi(project, "stack", "init", "production");
    await copyFile(join(project, "Pulumi.production.example.yaml"), join(project, "Pulumi.production.yaml"));
    const { exitCode, all } = await execa("pulumi", ["preview", "--stack", "production", "--non-interactive"], {
      cwd: project,
      env,
      all: true,
      reject: false,
    });
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/the configuration of stack production has \d+ fault\(s\)/);
    for (const name of ["edge.hostKey", "servers[0].hostKey"])
      expect(all).toContain(`${name}: "ssh-ed25519 AAAA..." is cut off`);
  });

  async function pulumi(cwd: string, ...args: string[]): Promise<void> {
    await execa("pulumi", [...args, "--non-interactive"], { cwd, env });
  }
});

async function settingsOf(place: string): Promise<object> {
  const { config } = parse(await readFile(join(place, "Pulumi.yaml"), "utf8")) as { config: object };
  return config;
}
