import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { transformSync } from "@swc/core";

/** A program that handles what nobody caught as Pulumi does, and has something to say again and again. As with a loader, no stream keeps its listeners. */
const program = (first: string): string => `process.on("uncaughtException", (error) => console.warn(error.message));
${first}
for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
setInterval(() => console.warn("still here"), 10);`;

// As text: a loader would have processes of its own at the pipe.
const MODULE = transformSync(readFileSync(join(__dirname, "..", "..", "..", "lib", "exit-on-epipe.ts"), "utf8"), {
  jsc: { target: "es2022", parser: { syntax: "typescript" } },
  module: { type: "commonjs" },
}).code;

/** Milliseconds in which a program that is to end has ended. */
const ENDED = 10_000;

/** And after which one that does not end goes on: it says something a hundred times a second. */
const GOES_ON = 1_000;

describe("a program whose words nobody reads", () => {
  let child: ChildProcess;
  const ends = async (first: string, within = ENDED): Promise<boolean> => {
    child = spawn(process.execPath, ["--eval", program(first)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (child.stderr !== null) {
      await once(child.stderr, "data");
      child.stderr.destroy();
    }
    const ended = once(child, "exit").then(() => true);
    const timer = new Promise<boolean>((resolve) => {
      setTimeout(() => {
        resolve(false);
      }, within).unref();
    });
    return Promise.race([ended, timer]);
  };
  afterEach(() => {
    child.kill("SIGKILL");
  });

  // Without this the next test would prove nothing.
  test(
    "goes on by itself",
    async () => {
      expect(await ends("", GOES_ON)).toBe(false);
    },
    3 * ENDED,
  );

  test(
    "ends",
    async () => {
      expect(await ends(`${MODULE};exports.exitOnEpipe();`)).toBe(true);
      expect(child.exitCode).toBe(1);
    },
    3 * ENDED,
  );
});
