// Prints where the time of a test run went, what failed and why, and ends with `N passed, N failed, N skipped`: node .ci/results.mjs DIRECTORY
// What failed stands last: of a long log often the end alone is kept.
// A test of jest counts as one; so does each other check, and a test file that could not be run. Ends with 1 if anything failed or nothing ran.
// What is skipped is listed with its reason, which stands in the name of the test or of its group.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

// Characters of one failure's text: the message and the head of its stack.
const TOLD = 1500;

// How jest calls a test that did not run.
const SKIPPED = ["pending", "skipped", "todo", "disabled"];

const [directory = "."] = process.argv.slice(2);
const lines = (file) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);

const checks = lines(join(directory, "checks")).map((line) => {
  const [name, result, seconds, ...reason] = line.split(" ");
  return { name, result, seconds: Number(seconds), reason: reason.join(" ") };
});
const ranProjects = checks.filter(({ result }) => result === "ran").map(({ name }) => name);

let passed = checks.filter(({ result }) => result === "passed").length;
const failures = checks
  .filter(({ result }) => result === "failed")
  .map(({ name }) => ({ name, text: "what it printed is above" }));
let failed = failures.length;
const slow = [];
const skipped = checks.filter(({ result }) => result === "skipped").map(({ name, reason }) => `${name}: ${reason}`);
const failure = (name, text) =>
  failures.push({
    name,
    text: stripVTControlCharacters(text)
      .replace(/^ +at .*\/node_modules\/.*\n?/gm, "")
      .slice(0, TOLD),
  });
for (const project of ranProjects) {
  const file = join(directory, `${project}.json`);
  if (!existsSync(file)) {
    failure(project, "ended without results");
    failed += 1;
    continue;
  }
  const run = JSON.parse(readFileSync(file, "utf8"));
  passed += run.numPassedTests;
  failed += run.numFailedTests + run.numRuntimeErrorTestSuites;
  if (!run.success && run.numFailedTests + run.numRuntimeErrorTestSuites === 0) failed += 1;
  for (const suite of run.testResults) {
    const seconds = (suite.endTime - suite.startTime) / 1000;
    const name = relative(process.cwd(), suite.name);
    slow.push({ name, seconds });
    if (suite.status === "failed" && !suite.assertionResults.some(({ status }) => status === "failed"))
      failure(name, suite.message);
    for (const test of suite.assertionResults) {
      if (SKIPPED.includes(test.status)) skipped.push(`${name}: ${test.fullName}`);
      if (test.status === "failed") failure(`${name}: ${test.fullName}`, test.failureMessages.join("\n"));
      if ((test.duration ?? 0) > 5000) slow.push({ name: `  ${test.fullName}`, seconds: test.duration / 1000 });
    }
  }
}

const table = (title, rows) => {
  console.log(`--- ${title}`);
  for (const { name, seconds, result } of rows) {
    console.log(`${String(Math.round(seconds)).padStart(6)} s  ${name}${result === "skipped" ? " (skipped)" : ""}`);
  }
};
table("where the time went", checks);
table("the slowest tests", slow.sort((a, b) => b.seconds - a.seconds).slice(0, 25));
for (const text of skipped) console.log(`--- skipped: ${text}`);
for (const { name, text } of failures) console.log(`--- failed: ${name}\n${text}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
