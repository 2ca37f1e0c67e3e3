import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { contextEntries } from "../../../components/docker/context";
import { contentDigest, ImageContent } from "../../../components/docker/image";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const root = temporaryDirectory();

const FILES = { Dockerfile: "FROM scratch\n", "site/page.html": "<p>hello</p>\n" };

function context(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(path.join(root, "context-"));
  writeFiles(directory, { ...FILES, ...files });
  return directory;
}

const digest = (
  directory: string,
  { dockerfile = "Dockerfile", ...other }: { readonly dockerfile?: string } & Partial<ImageContent> = {},
): string => {
  const place = { context: directory, dockerfile: path.join(directory, dockerfile) };
  const content = { ...place, platform: "linux/arm/v7", buildArgs: { PYTHON_IMAGE: "python:3.13" }, ...other };
  return contentDigest(content, contextEntries(place));
};

const plain = digest(context());

test("the digest of the same content is the same, wherever it lies and whenever it was written", () => {
  expect(digest(context())).toBe(plain);
  expect(plain).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ["a changed byte", { "site/page.html": "<p>hallo</p>\n" }],
  ["a changed Dockerfile", { Dockerfile: "FROM scratch \n" }],
  ["a new file", { "site/new.html": "" }],
  ["a file in a new directory", { "other/page.html": "" }],
])("%s is another image", (_, change) => {
  expect(digest(context(change))).not.toBe(plain);
});

test("a renamed file is another image", () => {
  const directory = context();
  renameSync(path.join(directory, "site/page.html"), path.join(directory, "site/index.html"));
  expect(digest(directory)).not.toBe(plain);
});

test.each([
  ["a file that becomes executable", "site/page.html", 0o755],
  ["a file that others may no longer read", "site/page.html", 0o640],
  ["a directory that others may no longer enter", "site", 0o750],
])("%s is another image", (_, name, mode) => {
  const directory = context();
  chmodSync(path.join(directory, name), mode);
  expect(digest(directory)).not.toBe(plain);
});

test("a link that points elsewhere is another image", () => {
  const [one, other] = ["page.html", "other.html"].map((target) => {
    const directory = context();
    symlinkSync(target, path.join(directory, "site/link.html"));
    return digest(directory);
  });
  expect(one).not.toBe(plain);
  expect(other).not.toBe(one);
});

test("a byte that moves from one file into the next is another image", () => {
  expect(digest(context({ a: "xy", b: "z" }))).not.toBe(digest(context({ a: "x", b: "yz" })));
});

test.each([
  ["platform", { platform: "linux/arm64" }],
  ["base", { buildArgs: { PYTHON_IMAGE: "python:3.12" } }],
  ["build argument", { buildArgs: { PYTHON_IMAGE: "python:3.13", STATIC_PLATFORM: "linux/amd64" } }],
  ["stage", { target: "site" }],
])("another %s is another image", (_, other) => {
  expect(digest(context(), other)).not.toBe(plain);
});

test("the order of build arguments makes no difference, and their texts do", () => {
  const [one, same, other] = [
    { A: "1", B: "2" },
    { B: "2", A: "1" },
    { A: "1", B: "3" },
  ].map((buildArgs) => digest(context(), { buildArgs }));
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});

describe("what .dockerignore names", () => {
  const rules = { ".dockerignore": "*.log\nsecret\n!keep.log\n**/__pycache__\n" };
  const before = digest(context(rules));

  test.each(["debug.log", "secret/key", "secret/deep/key", "site/__pycache__/page.pyc"])(
    "is no part of the image: %s",
    (name) => {
      expect(digest(context({ ...rules, [name]: "anything" }))).toBe(before);
    },
  );

  test.each(["keep.log", "site/secret.html"])("is not more than that: %s", (name) => {
    expect(digest(context({ ...rules, [name]: "anything" }))).not.toBe(before);
  });
});

describe("a Dockerfile", () => {
  const files = { "docker/Dockerfile": "FROM scratch\n", "docker/other": "FROM scratch\n" };

  test("of another name and with the same content is the same image", () => {
    const directory = context(files);
    expect(digest(directory, { dockerfile: "docker/other" })).toBe(
      digest(directory, { dockerfile: "docker/Dockerfile" }),
    );
  });

  test.each([
    ["outside the context", "../Dockerfile.own", {}],
    ["that .dockerignore names", "Dockerfile.own", { ".dockerignore": "Dockerfile.own\n" }],
  ])("%s counts with what it says", (_, dockerfile, more) => {
    const directory = context(more);
    const file = path.join(directory, dockerfile);
    const [one, same, other] = ["FROM scratch\n", "FROM scratch\n", "FROM other\n"].map((text) => {
      writeFileSync(file, text);
      return digest(directory, { dockerfile });
    });
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  test("that is missing is named", () => {
    expect(() => digest(context(), { dockerfile: "no/Dockerfile" })).toThrow(
      /^app\.dockerfile: cannot read the Dockerfile: .*ENOENT.*no\/Dockerfile/,
    );
  });
});

test("an empty directory is another image: Docker sends it", () => {
  const directory = context();
  mkdirSync(path.join(directory, "empty"));
  expect(digest(directory)).not.toBe(plain);
});

test("rejects a context that is not there and names the setting", () => {
  const directory = context();
  rmSync(directory, { recursive: true });
  expect(() => digest(directory)).toThrow(/^app\.context: cannot read .*ENOENT/);
});
