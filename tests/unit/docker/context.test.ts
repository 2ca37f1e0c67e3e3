import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { contextEntries } from "../../../components/docker/context";
import { contextWarnings, copiedBy } from "../../../components/docker/context-warnings";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const root = temporaryDirectory();

function place(files: Readonly<Record<string, string>>, dockerfile = "Dockerfile") {
  const context = mkdtempSync(path.join(root, "context-"));
  writeFiles(context, { Dockerfile: "FROM scratch\nCOPY . /app\n", ...files });
  return { context, dockerfile: path.join(context, dockerfile) };
}

const names = (of: ReturnType<typeof place>): string[] => contextEntries(of).map(({ name }) => name);

/** Root may read everything: it becomes another user meanwhile. */
function asNobody(context: string, check: () => void): void {
  if (process.getuid?.() !== 0) {
    check();
    return;
  }
  for (const directory of [root, context]) chmodSync(directory, 0o755);
  process.seteuid?.(65534);
  try {
    check();
  } finally {
    process.seteuid?.(0);
  }
}

describe("what is sent", () => {
  test("is all that no rule names, folders before what is in them", () => {
    expect(names(place({ "site/page.html": "", "site/deep/x": "", "a.log": "", ".dockerignore": "*.log\n" }))).toEqual([
      ...[".dockerignore", "Dockerfile", "site", "site/deep", "site/deep/x", "site/page.html"],
    ]);
  });

  test("NAME.dockerignore beside the Dockerfile comes before .dockerignore", () => {
    const files = {
      ".dockerignore": "a\n",
      "docker/Other.dockerignore": "b\n",
      "docker/Other": "FROM scratch\n",
      a: "",
      b: "",
    };
    expect(names(place(files))).not.toContain("a");
    expect(names(place(files))).toContain("b");
    expect(names(place(files, "docker/Other"))).toContain("a");
    expect(names(place(files, "docker/Other"))).not.toContain("b");
  });

  test("an ignored folder comes along with what is taken back out of it, and without it not at all", () => {
    const rules = { ".dockerignore": "logs\n!logs/keep/*.txt\nempty\n!empty/*.txt\n" };
    const sent = names(
      place({ ...rules, "logs/keep/a.txt": "", "logs/keep/a.log": "", "logs/other/b": "", "empty/b": "" }),
    );
    expect(sent).toEqual([".dockerignore", "Dockerfile", "logs", "logs/keep", "logs/keep/a.txt"]);
  });

  test("an empty folder, a link as a link, and modes", () => {
    const of = place({ "run.sh": "" });
    mkdirSync(path.join(of.context, "empty"), { mode: 0o750 });
    symlinkSync("missing", path.join(of.context, "link"));
    chmodSync(path.join(of.context, "run.sh"), 0o755);
    expect(contextEntries(of)).toEqual([
      { name: "Dockerfile", kind: "file", mode: 0o644, size: 25 },
      { name: "empty", kind: "directory", mode: 0o750, size: 0 },
      { name: "link", kind: "link", mode: 0, size: 0 },
      { name: "run.sh", kind: "file", mode: 0o755, size: 0 },
    ]);
  });

  test("an ignored folder is not read, unless an exception names what is below", () => {
    const files = { "pgdata/base": "", "pgdata/deep/x": "" };
    const read = jest.requireActual<typeof import("node:fs")>("node:fs");
    const seen = jest.spyOn(read, "readdirSync");
    names(place({ ...files, ".dockerignore": "pgdata\n" }));
    const folders = (): string[] => seen.mock.calls.map(([at]) => path.basename(String(at)));
    expect(folders()).not.toContain("pgdata");
    names(place({ ...files, ".dockerignore": "pgdata\n!pgdata/base\n" }));
    expect(folders()).toContain("pgdata");
    expect(folders()).not.toContain("deep");
    seen.mockRestore();
  });

  test("a folder that may not be read is named, with the line that leaves it out; an ignored one is passed over", () => {
    const of = place({ "pgdata/base": "" });
    chmodSync(path.join(of.context, "pgdata"), 0);
    asNobody(of.context, () => {
      expect(() => names(of)).toThrow(
        /^app\.context: cannot read pgdata for the image: .*EACCES.*add the line pgdata to \.dockerignore/,
      );
    });
    // Because of the exception it is looked into all the same.
    writeFileSync(path.join(of.context, ".dockerignore"), "pgdata\n!**/*.txt\n");
    asNobody(of.context, () => {
      expect(names(of)).not.toContain("pgdata");
    });
  });

  test("a tree of 5,000 files takes a fraction of a second", () => {
    const of = place({
      ".dockerignore": Array.from({ length: 20 }, (_, index) => `**/*.x${index}\nname${index}/*\n`).join(""),
    });
    for (let folder = 0; folder < 50; folder++) {
      mkdirSync(path.join(of.context, `d${folder}`));
      for (let file = 0; file < 100; file++) writeFileSync(path.join(of.context, `d${folder}/f${file}`), "");
    }
    const start = process.cpuUsage();
    expect(contextEntries(of)).toHaveLength(5_052);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});

describe("what should be in no image", () => {
  const warnings = (files: Readonly<Record<string, string>>): string[] => {
    const of = place(files);
    return contextWarnings(of, contextEntries(of)).map((text) => text.replaceAll(of.context, "CONTEXT"));
  };

  test.each([
    [".env", { ".env": "" }, "**/.env"],
    ["config/.env.production", { "config/.env.production": "" }, "**/.env.*"],
    [".git", { ".git/HEAD": "" }, "**/.git"],
    ["db.sqlite3", { "db.sqlite3": "" }, "**/*.sqlite3"],
    ["media", { "media/a.jpg": "" }, "media"],
    ["site/media", { "site/manage.py": "", "site/media/a.jpg": "" }, "site/media"],
    ["id_ed25519", { id_ed25519: "" }, "id_ed25519"],
    ["tls/site.pem", { "tls/site.pem": "-----BEGIN PRIVATE KEY-----\n" }, "tls/site.pem"],
    ["site.key", { "site.key": "" }, "site.key"],
  ])("%s is named once, with the rule that keeps it out", (name, files, rule) => {
    const [text, ...others] = warnings(files);
    expect(others).toEqual([]);
    expect(text).toMatch(new RegExp(`^app\\.context: ${name.replaceAll(".", "\\.")} would go into the image: `));
    expect(text).toContain(`Add the line ${rule} to CONTEXT/.dockerignore`);
    expect(warnings({ ...files, ".dockerignore": `${rule}\n` })).toEqual([]);
  });

  test("many of a kind are one sentence", () => {
    expect(warnings({ ".env": "", "a/.env": "", "a/.env.local": "" })).toEqual([
      expect.stringMatching(
        /^app\.context: \.env \(and 2 more like it\) .*Add the lines \*\*\/\.env, \*\*\/\.env\.\* to /,
      ),
    ]);
  });

  test.each([
    ["an example", { ".env.example": "" }],
    ["a certificate", { "ca.pem": "-----BEGIN CERTIFICATE-----\n" }],
    ["code that is called media", { "shop/templates/media/x.html": "" }],
    ["what came with a package", { "node_modules/x/test.key": "" }],
    ["a submodule's link to its repository", { ".git": "gitdir: ../.git/modules/x\n" }],
    ["what the Dockerfile does not copy", { ".env": "", Dockerfile: "FROM scratch\nCOPY site /app\n" }],
  ])("%s is not named", (_, files) => {
    expect(warnings(files)).toEqual([]);
  });
});

test.each([
  ["COPY . .", "deep/file", true],
  ["COPY --chown=1:1 ./ /app/", "file", true],
  ["copy site/ /app", "site/file", true],
  ["COPY site /app", "sites/file", false],
  ['COPY ["a b", "/app/"]', "a b", true],
  ["COPY a \\\n  b /app/", "b", true],
  ["COPY *.py /app/", "manage.py", true],
  ["COPY $WHAT /app/", "anything", true],
  ["COPY --from=packages . /app/", "file", false],
  ["# COPY . /app", "file", false],
  ["ADD https://example.org/x /x", "x", false],
])("%j copies %s: %s", (line, name, expected) => {
  expect(copiedBy(`FROM scratch\n${line}\n`)(name)).toBe(expected);
});
