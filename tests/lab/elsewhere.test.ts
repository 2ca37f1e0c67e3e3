import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import execa from "execa";

import { CHECKOUT, theLab } from "../support/lab";
import { looking } from "../support/lab-group";

/** What a checkout keeps for itself. */
const OWN = [".git", ".homeport", ".lab"];

/** The other checkout stands for another folder, and its missing `.homeport` for another person. */
looking("another checkout with the same settings", () => {
  let directory: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "homeport elsewhere ü "));
    ({ env } = (await theLab()).stack);
    const names = (await readdir(CHECKOUT)).filter((name) => !OWN.includes(name));
    await Promise.all(names.map(async (name) => symlink(join(CHECKOUT, name), join(directory, name))));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it("finds nothing changed", async () => {
    const { exitCode, all } = await pulumi("preview", "--expect-no-changes");
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  });

  it("reaches the machines without the program, as a refresh or a destroy does", async () => {
    await rm(join(directory, ".homeport"), { recursive: true, force: true });
    const { exitCode, all } = await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  });

  it("leaves no path of either folder in the state", async () => {
    const { all = "" } = await pulumi("stack", "export");
    // Keys and certificates of the lab are named by their paths in the settings.
    const settings = await readFile(join(CHECKOUT, "Pulumi.dev.local.yaml"), "utf8");
    const named = [...settings.matchAll(/: (\/\S+)/g)].map(([, path = ""]) => path);
    const others = named.reduce((text, path) => text.replaceAll(path, ""), all);
    expect(others.includes(CHECKOUT) || others.includes(directory)).toBe(false);
  });

  function pulumi(...args: string[]) {
    return execa("pulumi", [...args, "--stack", "dev", "--non-interactive"], {
      cwd: directory,
      env,
      all: true,
      reject: false,
    });
  }
});
