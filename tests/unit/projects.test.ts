import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { inspectProject, proposal } from "../../project";
import { temporaryDirectory } from "../support/directory";
import { buildOn, makeProject, ProjectKind, PROJECT_KINDS } from "../support/projects/make";
import { describeWhere, missingTool } from "../support/tools";

/** Milliseconds, where the packages are fetched first. */
const FETCHING = 300_000;

const AGAINST =
  missingTool("python3", ["-m", "venv", "--help"]) ??
  missingTool("python3", ["-m", "pip", "index", "versions", "sqlparse"]);

// The projects that the lab deploys, without a lab.
describeWhere("projects as their authors wrote them", AGAINST, () => {
  const directory = temporaryDirectory();
  const read = (kind: ProjectKind, file: string): string => readFileSync(join(directory, kind, file), "utf8");

  beforeAll(async () => {
    for (const kind of PROJECT_KINDS) await makeProject(kind, join(directory, kind));
  }, FETCHING);

  it.each(PROJECT_KINDS)("%s has a manage.py", (kind) => {
    expect(existsSync(join(directory, kind, "manage.py"))).toBe(true);
  });

  it("the guide's has its slips and what its author tried out", () => {
    expect(read("guide", ".env")).toMatch(/^DJANGO_SECRET_KEY = .{50}\nDJANGO=False\n$/);
    const settings = read("guide", join("mysite", "settings.py"));
    expect(settings).toMatch(/^import os\n/);
    expect(settings).toMatch(
      /SecurityMiddleware",\n {4}"whitenoise\.middleware\.WhiteNoiseMiddleware",\n {4}['"]django\./,
    );
    expect(settings.match(/ALLOWED_HOSTS/g)).toHaveLength(1);
    for (const file of [
      "db.sqlite3",
      join("staticfiles", "weblog", "style.css"),
      join("weblog", "migrations", "0001_initial.py"),
    ])
      expect([file, existsSync(join(directory, "guide", file))]).toEqual([file, true]);
  });

  it.each([
    ["guide", ["context"]],
    ["startproject", ["context"]],
    ["wagtail", ["context", "adminPath"]],
    ["channels", ["context", "services"]],
  ] as const)("%s is proposed few lines of settings", (kind, names) => {
    const { lines, notes } = proposal(inspectProject(join(directory, kind)), `../${kind}`);
    expect([lines.map(({ name }) => name), notes]).toEqual([names, []]);
  });

  it.each(["startproject", "channels"] as const)("%s has no Dockerfile", (kind) => {
    expect(existsSync(join(directory, kind, "Dockerfile"))).toBe(false);
  });

  it.each(["guide", "wagtail"] as const)("%s is built on another image by its first lines alone", async (kind) => {
    const before = read(kind, "Dockerfile");
    await buildOn(join(directory, kind), "lab/python:1");
    const after = read(kind, "Dockerfile");
    expect(after).not.toContain("FROM python:");
    const [rest, restBefore] = [after, before].map((text) => text.replace(/^FROM \S+/gm, ""));
    expect(rest).toBe(restBefore);
  });
});
