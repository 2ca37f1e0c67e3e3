import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";

import { buildPlace } from "../../../components/docker/build-place";
import { contextEntries } from "../../../components/docker/context";
import { AppImage, contentDigest } from "../../../components/docker/image";
import { VERSIONS } from "../../../settings";
import { workingDirectory, writeFiles } from "../../support/directory";
import { startProject } from "../project/sample-projects";

jest.mock("node:os", () => ({ ...jest.requireActual<object>("node:os"), homedir: () => `${process.cwd()}-home` }));

const root = workingDirectory();
afterAll(() => {
  rmSync(`${root}-home`, { recursive: true, force: true });
});

const sources = (context: string, other = {}) => ({
  context,
  ...{
    dockerfile: "Dockerfile",
    platform: "linux/arm64",
    pythonImage: VERSIONS.python,
    buildArgs: {},
    repository: "homeport-dev",
  },
  ...other,
});

const WRITTEN = ".homeport/build/homeport-dev/Dockerfile";

describe("a project without a Dockerfile", () => {
  test("is built by a written one in the state's folder, with the rules beside it", () => {
    const context = startProject(root);
    expect(buildPlace(sources(context))).toEqual({
      ...{ context, dockerfile: WRITTEN },
      written: `app.context: ${context} has no Dockerfile, so its image is built by ${WRITTEN}`,
      buildArgs: { PYTHON_IMAGE: VERSIONS.python },
    });
    expect(readFileSync(WRITTEN, "utf8")).toContain('CMD ["gunicorn","mysite.wsgi:application"');
    expect(readFileSync(`${WRITTEN}.dockerignore`, "utf8")).toContain("**/.git\n");
  });

  test("gets the Python it names, where the image is the usual one", () => {
    const context = startProject(root, { ".python-version": "3.12\n" });
    const { buildArgs, written } = buildPlace(sources(context));
    expect(buildArgs).toEqual({ PYTHON_IMAGE: VERSIONS.python.replace(/@.*/, "").replace("3.13", "3.12") });
    expect(written).toMatch(/, with Python 3\.12 \(\.python-version\)$/);
    const own = { pythonImage: "mirror/python:3.11" };
    expect(buildPlace(sources(context, own)).buildArgs).toEqual({
      PYTHON_IMAGE: "mirror/python:3.11",
      LOCK_PLATFORM: "linux/arm64",
    });
  });

  test("has another tag when its code or what the written Dockerfile says changes, and the same one otherwise", () => {
    const tag = (files: Readonly<Record<string, string>>, other = {}): string => {
      const place = buildPlace(sources(startProject(root, files), other));
      return contentDigest({ ...place, platform: "linux/arm64" }, contextEntries(place));
    };
    const plain = tag({});
    expect(tag({ ".env": "X=1\n", "db.sqlite3": "", "mysite/__pycache__/a.pyc": "" })).toBe(plain);
    expect(tag({ "mysite/views.py": "" })).not.toBe(plain);
    expect(tag({}, { postgres: true })).not.toBe(plain);
  });

  test("is refused where it is none of Django", () => {
    const context = mkdtempSync(path.join(root, "other-"));
    expect(() => buildPlace(sources(context))).toThrow(/^app\.context: .* has neither a Dockerfile nor a manage\.py/);
  });
});

test("a Dockerfile of the project's is taken as it is, inside or outside of the context", () => {
  const context = startProject(root, { Dockerfile: "FROM scratch\n" });
  const expected = { context, written: undefined, buildArgs: { A: "b", PYTHON_IMAGE: VERSIONS.python } };
  const own = { buildArgs: { A: "b" } };
  expect(buildPlace(sources(context, own))).toEqual({ ...expected, dockerfile: path.join(context, "Dockerfile") });
  const outside = { ...own, dockerfile: "../Dockerfile.own" };
  expect(() => buildPlace(sources(context, outside))).toThrow(
    /^app\.dockerfile: there is no .*Dockerfile\.own: name a Dockerfile/,
  );
  writeFileSync("Dockerfile.own", "FROM scratch\n");
  expect(buildPlace(sources(context, outside)).dockerfile).toBe(path.join(root, "Dockerfile.own"));
  const named = { ...own, dockerfile: path.join(root, "Dockerfile.own") };
  expect(buildPlace(sources(context, named)).dockerfile).toBe(named.dockerfile);
});

test("~/ in the context and before the Dockerfile is your home, by a path that others have as well", () => {
  writeFiles(homedir(), { "site/Dockerfile": "FROM scratch\n", "own/Dockerfile": "FROM scratch\n" });
  const place = { context: ".homeport/home/site", dockerfile: ".homeport/home/site/Dockerfile" };
  expect(buildPlace(sources("~/site"))).toMatchObject(place);
  expect(buildPlace(sources(path.join(homedir(), "site")))).toMatchObject(place);
  expect(buildPlace(sources("~/site", { dockerfile: "~/own/Dockerfile" })).dockerfile).toBe(
    ".homeport/home/own/Dockerfile",
  );
  writeFiles("site", { Dockerfile: "FROM scratch\n" });
  symlinkSync("site", "link");
  expect(buildPlace(sources("./link")).context).toBe("./link");
});

test.each([
  ["missing", /^app\.context: cannot read no\/where: .*ENOENT/],
  ["a file", /^app\.context: a-file is no folder/],
])("a context that is %s is named", (what, message) => {
  writeFileSync("a-file", "");
  expect(() => buildPlace(sources(what === "missing" ? "no/where" : "a-file"))).toThrow(message);
});

describe("AppImage", () => {
  const resources: MockResourceArgs[] = [];
  const said: string[] = [];

  beforeAll(async () => {
    await pulumi.runtime.setMocks({
      newResource: (args) => {
        resources.push(args);
        return { id: "id", state: args.inputs as object };
      },
      call: () => ({}),
    });
    const record = (how: string) => (text: string) => {
      said.push(`${how}: ${text}`);
      return Promise.resolve();
    };
    jest.spyOn(pulumi.log, "info").mockImplementation(record("info"));
    jest.spyOn(pulumi.log, "warn").mockImplementation(record("warn"));
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  const build = async (context: string, other = {}): Promise<string> => {
    const { reference } = new AppImage("app", sources(context, other));
    return new Promise((resolve) => reference.apply(resolve));
  };

  test("asks for the stage that is set, and names what belongs in no image once", async () => {
    const context = mkdtempSync(path.join(root, "own-"));
    writeFiles(context, { Dockerfile: "FROM scratch AS site\nCOPY . /\n", ".env": "" });
    const tags = [await build(context, { target: "site" }), await build(context)];
    expect(new Set(tags).size).toBe(2);
    const builds = resources.flatMap(({ type, inputs }) =>
      type === "docker:index/image:Image" ? [(inputs as { build: object }).build] : [],
    );
    expect(builds).toMatchObject([{ target: "site", context }, { context }]);
    expect(builds[1]).not.toHaveProperty("target");
    expect(said).toEqual([expect.stringMatching(/^warn: app\.context: \.env would go into the image: /)]);
  });

  test("says that it wrote a Dockerfile, and sends warnings to the project's own rules", async () => {
    said.length = 0;
    const context = startProject(root, { "site.key": "" });
    await build(context);
    expect(said).toEqual([
      `info: app.context: ${context} has no Dockerfile, so its image is built by ${WRITTEN}`,
      expect.stringContaining(`Add the line site.key to ${context}/.dockerignore`),
    ]);
  });
});
