import { spawnSync } from "node:child_process";
import * as path from "node:path";

import { temporaryDirectory, writeFiles } from "../support/directory";

const REPOSITORY = path.join(__dirname, "..", "..");

describe("the end of .ci/run", () => {
  const directory = temporaryDirectory();

  it("names what was skipped, what failed and why after everything else, and then the counts", () => {
    const assertion = (title: string, status: string, message?: string) => ({
      fullName: title,
      status,
      duration: 10,
      failureMessages: message === undefined ? [] : [message],
    });
    const suite = (name: string, assertions: object[], message = "") => ({
      name: path.join(REPOSITORY, name),
      startTime: 0,
      endTime: 2000,
      status: "failed",
      message,
      assertionResults: assertions,
    });
    const stack =
      "Error: \u001b[31m2 is not 1\u001b[39m\n    at ours (tests/a.test.ts:3:4)\n    at its (/x/node_modules/jest-circus/run.js:1:2)\n";
    writeFiles(directory, {
      checks: "tsc failed 4\neslint passed 5\nshellcheck skipped 0 there is no shellcheck\njest-unit ran 3\n",
      "jest-unit.json": JSON.stringify({
        success: false,
        numPassedTests: 1,
        numFailedTests: 1,
        numRuntimeErrorTestSuites: 1,
        testResults: [
          suite("tests/a.test.ts", [
            assertion("counts", "passed"),
            assertion("adds", "failed", stack),
            assertion("in Chromium (there is no chromium here) opens", "pending"),
          ]),
          suite("tests/b.test.ts", [], "no such module"),
        ],
      }),
    });

    const { stdout, status } = spawnSync("node", [".ci/results.mjs", directory], { cwd: REPOSITORY, encoding: "utf8" });

    expect(status).toBe(1);
    expect(stdout.slice(stdout.indexOf("--- skipped"))).toBe(
      "--- skipped: shellcheck: there is no shellcheck\n" +
        "--- skipped: tests/a.test.ts: in Chromium (there is no chromium here) opens\n" +
        "--- failed: tsc\nwhat it printed is above\n" +
        "--- failed: tests/a.test.ts: adds\nError: 2 is not 1\n    at ours (tests/a.test.ts:3:4)\n\n" +
        "--- failed: tests/b.test.ts\nno such module\n" +
        "2 passed, 3 failed, 2 skipped\n",
    );
  });
});
