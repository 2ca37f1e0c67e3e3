// The groups of the tests that need a lab, in the order in which they run: what changes nothing comes first, what removes everything from the machines last.
// Each file `tests/lab/NAME.test.ts` or `tests/scale/NAME.test.ts` is a group, runs alone as well, and leaves the lab as it found it.
// In a shell: node tests/groups.js lab|scale [ci|release|NAME...] prints the pattern of the files for jest.
const { readdirSync } = require("node:fs");
const { basename, join } = require("node:path");

/** `ci`: on every change. `release`: in addition before a release. */
const GROUPS = {
  lab: {
    ci: [
      "site",
      "application",
      "attack",
      "idle",
      "unreachable",
      "changed-setting",
      "drift",
      "lockout",
      "failed-deploy",
      "interruption",
      "secrets",
      "certificates",
      "arm",
      "projects",
      "destroy",
    ],
    release: [
      "browser",
      "commands",
      "template",
      "elsewhere",
      "home",
      "records",
      "tunnel",
      "dns-challenge",
      "takeover",
      "image",
      "losses",
      "backup",
      "crashes",
      "restart",
      "two-ups",
      "guest",
      "bad-luck",
      "bad-deploys",
      "interruption-by-key",
      "first-deploy",
    ],
  },
  scale: {
    ci: ["serving"],
    release: [
      "faults",
      "internal-authority",
      "proxied",
      "own-database",
      "growing",
      "ingress-server",
      "certificates",
      "capacity",
      "moves",
      "destroy",
    ],
  },
};

/** All groups of a project in their order: what takes everything off the machines comes last. */
function ordered(project) {
  const { ci, release } = GROUPS[project];
  return [...ci, ...release].sort((a, b) => Number(a === "destroy") - Number(b === "destroy"));
}

/** The requested groups; an error names the known ones. */
function chosen(project, names) {
  if (names.length === 0) return GROUPS[project].ci;
  return names.flatMap((name) => {
    if (name === "ci" || name === "release") return GROUPS[project][name];
    if (ordered(project).includes(name)) return [name];
    throw new Error(`there is no group "${name}": choose of ci, release, ${ordered(project).join(", ")}`);
  });
}

/** Where a test file stands in the order. A file that no list has is a mistake: nothing would run it. */
function place(project, path) {
  const at = ordered(project).indexOf(basename(path, ".test.ts"));
  if (at < 0) throw new Error(`${path} is in no list of tests/groups.js`);
  return at;
}

/** Fails where a list and the files differ. */
function proveComplete() {
  for (const project of Object.keys(GROUPS)) {
    const files = readdirSync(join(__dirname, project)).filter((file) => file.endsWith(".test.ts"));
    for (const file of files) place(project, file);
    const missing = ordered(project).filter((name) => !files.includes(`${name}.test.ts`));
    if (missing.length > 0) throw new Error(`tests/groups.js names groups without a file: ${missing.join(", ")}`);
  }
}

module.exports = { GROUPS, ordered, chosen, place, proveComplete };

if (require.main === module) {
  const [project = "", ...names] = process.argv.slice(2);
  try {
    proveComplete();
    process.stdout.write(`/tests/${project}/(${chosen(project, names).join("|")})\\.test\\.ts$\n`);
  } catch (error) {
    process.stderr.write(`tests: ${error.message}\n`);
    process.exitCode = 2;
  }
}
