import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { UserError } from "../../lib/errors";
import { installPackages } from "../engine/apt";
import { Report } from "../progress";
import { run, succeeds } from "../process";

/** A Go program that the lab builds, from a go.mod and go.sum committed beside this file. */
export interface GoProgram {
  /** Directory of the go.mod. */
  readonly module: string;
  /** Import path of the program. */
  readonly program: string;
  /** Variables set by the linker, by import path. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** From this release on, a Go fetches a newer one by itself where a go.mod asks for it. */
const OLDEST_GO = [1, 21] as const;

/** The lock of Go's caches: one build at a time has all processors, and nobody removes the caches under it. */
const GO_CACHES = "go";

/** Where a Go can be had when the distribution's is too old. */
const GO_HINT =
  "install Go 1.26 or newer from https://go.dev/dl/ (unpack it to /usr/local/go and add /usr/local/go/bin to PATH), then start again";

/** Builds a program into a file. Go's caches are in the lab's cache directory, so that nothing of the user's own is touched. */
export async function goBuild(cache: Cache, program: GoProgram, output: string, report: Report): Promise<void> {
  await provideGo(report);
  report(`go build ${program.program}`);
  const flags = Object.entries(program.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  await mkdir(cache.path("go"), { recursive: true });
  // The linker leaves out what a debugger reads (-s -w), so the compiler need not make it.
  const options = ["-v", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false"];
  options.push("-ldflags", ["-s", "-w", ...flags].join(" "), "-o", output);
  await cache.exclusively(GO_CACHES, () =>
    run("go", ["build", ...options, program.program], {
      cwd: program.module,
      env: goEnvironment(cache),
      onLine: report,
    }),
  );
}

/** Removes Go's caches, gigabytes that nothing needs once everything is built. */
export async function cleanGo(cache: Cache): Promise<void> {
  await cache.exclusively(GO_CACHES, async () => {
    if (cache.has("go")) {
      await run("chmod", ["-R", "u+w", cache.path("go")]);
      await run("rm", ["-rf", cache.path("go")]);
    }
  });
}

/** A Go environment of the lab's own: the user's flags, workspaces and private settings must not decide what is built. */
export function goEnvironment(cache: Cache): Record<string, string> {
  return {
    GOENV: "off",
    GOFLAGS: "",
    GOWORK: "off",
    GO111MODULE: "on",
    GOTOOLCHAIN: "auto",
    CGO_ENABLED: "0",
    GOPATH: join(cache.path("go"), "path"),
    GOMODCACHE: join(cache.path("go"), "modules"),
    GOCACHE: join(cache.path("go"), "build"),
  };
}

/** Finds a Go, or installs the distribution's if that one is new enough. */
export async function provideGo(report: Report): Promise<void> {
  const present = await run("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } }).catch(() => undefined);
  if (present !== undefined) {
    refuseOld(present.replace(/^go/, ""), "the Go on PATH");
    return;
  }
  const policy = (await succeeds("apt-cache", ["--version"])) ? await run("apt-cache", ["policy", "golang-go"]) : "";
  const candidate = /Candidate: (?:\d+:)?(\d+\.\d+)/.exec(policy)?.[1];
  if (candidate === undefined) {
    throw new UserError(`there is no Go on PATH, and no package of it: ${GO_HINT}`);
  }
  refuseOld(candidate, "there is no Go on PATH, and this distribution's");
  await installPackages(["golang-go", "ca-certificates"], report);
}

/** Refuses a Go that cannot fetch the one it needs. */
export function refuseOld(version: string, which: string): void {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  if (major < OLDEST_GO[0] || (major === OLDEST_GO[0] && minor < OLDEST_GO[1])) {
    throw new UserError(`${which} is ${version}, older than ${OLDEST_GO.join(".")}: ${GO_HINT}`);
  }
}
