// Known faults of packages: node tests/audit.mjs npm | node tests/audit.mjs pip PIP_AUDIT. Ends with 1 at one that is not allowed below, with 77 if the
// index does not answer; the last line says why.
import { spawnSync } from "node:child_process";

/** What has to be lived with: the advisory's id, why, and the day (YYYY-MM-DD) from which it counts again. */
const ALLOWED = [];

const [index, pipAudit = "pip-audit"] = process.argv.slice(2);

function ask(program, args) {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: 120_000 });
  try {
    return JSON.parse(stdout);
  } catch {
    skip(error?.message ?? (stderr.trim() || "no answer"));
  }
}

function skip(reason) {
  console.log(`the ${index} index does not answer: ${reason.split("\n")[0]}`);
  process.exit(77);
}

function npmFaults() {
  const answer = ask("npm", ["audit", "--audit=true", "--json"]);
  if (answer.vulnerabilities === undefined) skip(answer.message ?? "no list of faults");
  return Object.values(answer.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((one) => typeof one === "object")
    .map(({ url, name, title }) => ({ id: url.split("/").pop(), text: `${name}: ${title} (${url})` }));
}

function pipFaults() {
  const files = ["-r", "app/requirements.txt"];
  const options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"];
  const { dependencies } = ask(pipAudit, [...files, ...options]);
  const left = dependencies.filter((one) => one.skip_reason !== undefined);
  if (left.length === dependencies.length) skip(left[0]?.skip_reason ?? "no package was looked at");
  return dependencies.flatMap(({ name, version, vulns = [] }) =>
    vulns.map(({ id, aliases, fix_versions }) => ({
      id,
      text: `${name} ${version}: ${[id, ...aliases].join(", ")}, fixed in ${fix_versions.join(", ") || "no version"}`,
    })),
  );
}

const today = new Date().toISOString().slice(0, 10);
const faults = (index === "npm" ? npmFaults() : pipFaults()).filter(
  ({ id }) => !ALLOWED.some((one) => one.id === id && today < one.until),
);
for (const { text } of faults) console.log(text);
process.exit(faults.length > 0 ? 1 : 0);
