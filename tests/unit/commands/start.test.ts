import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { temporaryDirectory } from "../../support/directory";

const ROOT = path.join(__dirname, "..", "..", "..");
const directory = temporaryDirectory();

/** A checkout with the start alone, and a package.json that asks for a Node.js. */
function checkout(name: string, node = ">=22.13"): string {
  const place = path.join(directory, name);
  mkdirSync(place);
  copyFileSync(path.join(ROOT, "start.js"), path.join(place, "start.js"));
  writeFileSync(path.join(place, "package.json"), JSON.stringify({ engines: { node } }));
  return place;
}

function start(place: string): string {
  const { status, stderr } = spawnSync(process.execPath, ["start.js", "status"], { cwd: place, encoding: "utf8" });
  expect(status).toBe(1);
  return stderr;
}

test("without node_modules one sentence says what to run, and where", () => {
  const place = checkout("bare");
  expect(start(place)).toBe(`homeport: node_modules is missing or not complete: run 'npm ci' in ${place}\n`);
});

test("node_modules of another system are named", () => {
  const place = checkout("copied");
  mkdirSync(path.join(place, "node_modules", "tsx"), { recursive: true });
  writeFileSync(
    path.join(place, "node_modules", "tsx", "cjs.js"),
    "throw new Error('You installed esbuild for another platform than the one');",
  );
  writeFileSync(
    path.join(place, "node_modules", "tsx", "package.json"),
    JSON.stringify({ exports: { "./cjs": "./cjs.js" } }),
  );
  expect(start(place)).toMatch(
    /^homeport: node_modules is of another system than this one \(\w+ \w+\): run 'npm ci' in /,
  );
});

test("a Node.js that is too old is named with the one that is needed", () => {
  expect(start(checkout("old", ">=99.1"))).toMatch(/^homeport: Node\.js \S+ is too old: install 99\.1 or newer /);
});

test("a fault of the program itself is not hidden", () => {
  const place = checkout("broken");
  symlinkSync(path.join(ROOT, "node_modules"), path.join(place, "node_modules"));
  expect(start(place)).toContain("Cannot find module './commands/main.ts'");
});

test("a reader that stops ends a command without a stack trace", async () => {
  const child = spawn(process.execPath, ["start.js", "--help"], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  await once(child, "close");
  expect(said.join("")).toBe("");
});
