import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { Handover } from "../../../lab/handover";
import { cutDirectory, Cuts, withoutLines } from "../../../lab/toolchain/cuts";

const NONE: Omit<Cuts, "files"> = { module: "example.test/module", added: [], removed: [], edits: [] };
const MAIN = 'import (\n\t"example.test/costly"\n)\n\nfunc main() {}\n';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuts-"));
  put("module/main.go", MAIN);
  put("module/pkg/costly.go", "package costly\n");
  // As the copy of a module: a link to the one that all builds share.
  mkdirSync(join(directory, "copy/pkg"), { recursive: true });
  for (const file of ["main.go", "pkg/costly.go"])
    linkSync(join(directory, "module", file), join(directory, "copy", file));
  mkdirSync(join(directory, "files"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function put(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

const read = (file: string): string => readFileSync(join(directory, file), "utf8");

const cut = (cuts: Partial<Cuts>): Promise<void> =>
  cutDirectory(join(directory, "copy"), join(directory, "files"), { ...NONE, ...cuts });

describe("what a module is built without", () => {
  test("lines, files, and files that stand for others; the module itself stays as it is", async () => {
    put("files/pkg/costly.go", "package cheap\n");
    put("files/absent/absent.go", "package absent\n");
    await cut({ added: ["absent/absent.go"], edits: withoutLines("main.go", ['"example.test/costly"']) });
    expect(read("copy/main.go")).toBe("import (\n\n)\n\nfunc main() {}\n");
    expect(read("copy/pkg/costly.go")).toBe("package cheap\n");
    expect(read("copy/absent/absent.go")).toBe("package absent\n");
    expect(read("module/main.go")).toBe(MAIN);
    expect(read("module/pkg/costly.go")).toBe("package costly\n");
  });

  test.each<[string, Partial<Cuts>, string, string | undefined]>([
    ["a file to remove that is gone", { removed: ["pkg/gone.go"] }, "there is no pkg/gone.go", undefined],
    [
      "a text that has changed",
      { edits: [{ file: "main.go", from: "func start", to: "" }] },
      "main.go has 0 times, not once: func start",
      undefined,
    ],
    [
      "a pattern that fits twice",
      { edits: [{ file: "main.go", from: /[()]\n/g, to: "" }] },
      "main.go has 2 times, not once: /[()]\\n/g",
      undefined,
    ],
    ["a file to replace that is gone", {}, "there is no pkg/moved.go", "files/pkg/moved.go"],
    ["a file to add that is there", { added: ["main.go"] }, "main.go is not new", "files/main.go"],
  ])("%s ends the build", async (_what, cuts, message, file) => {
    if (file !== undefined) put(file, "package other\n");
    await expect(cut(cuts)).rejects.toThrow(`the cuts of example.test/module no longer fit it: ${message}`);
  });
});

describe("what a step hands to another that runs beside it", () => {
  test("arrives, or fails as the making does", async () => {
    const made = new Handover<string>();
    await Promise.all([made.make(() => Promise.resolve("images")), expect(made.value).resolves.toBe("images")]);
    const failed = new Handover<string>();
    await expect(failed.make(() => Promise.reject(new Error("no mirror")))).rejects.toThrow("no mirror");
    await expect(failed.value).rejects.toThrow("no mirror");
  });
});
