// Checks the arrows between rooms by .dependency-cruiser.cjs and draws them: node docs/rooms.mjs [--check]
// With --check nothing is written, and a picture that is out of date is a fault.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "docs/rooms.md";
const ROOMS = "^(components/[^/]+|lib|plan|project|settings|setup|state|commands)";
const SOURCES = ["index.ts", "components", "lib", "plan", "project", "settings", "setup", "state", "commands"];

function cruise(...options) {
  const { status, stdout, stderr } = spawnSync("node_modules/.bin/depcruise", options, { encoding: "utf8" });
  if (status === 0) return stdout;
  process.stderr.write(stdout + stderr);
  process.exit(1);
}

cruise(...SOURCES, "lab");
const picture = cruise(
  ...SOURCES,
  "--include-only",
  `^(${SOURCES.map((name) => name.replace(".", "\\.")).join("|")})`,
  "--collapse",
  ROOMS,
  "--output-type",
  "mermaid",
).replace("flowchart LR", "flowchart TB");

const page = `# The rooms and who imports whom

Drawn by \`npm run structure\` from the imports; \`.dependency-cruiser.cjs\` says which arrows are allowed. What a room offers to the others is in its \`index.ts\`.

\`\`\`mermaid
${picture.trim()}
\`\`\`
`;

if (!process.argv.includes("--check")) writeFileSync(FILE, page);
else if (readFileSync(FILE, "utf8") !== page) {
  process.stderr.write(`${FILE} is out of date: npm run structure\n`);
  process.exit(1);
}
