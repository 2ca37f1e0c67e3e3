// Generates docs/settings.md from the descriptions in Pulumi.yaml: npm run settings:docs. --stdout prints it instead.
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import * as prettier from "prettier";
import { parse } from "yaml";

const directory = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(directory, "settings.md");
// `pulumi new` adds `pulumi:tags`.
const isSetting = ([name]) => !name.startsWith("pulumi:");
const { config } = parse(readFileSync(path.join(directory, "..", "Pulumi.yaml"), "utf8"));

const INTRODUCTION = `<!-- Generated from Pulumi.yaml by \`npm run settings:docs\`; edits are overwritten. -->

# Settings

A stack's settings are in \`Pulumi.STACK.yaml\` below \`config:\`, each prefixed with the project's name, \`homeport:\`.
\`Pulumi.STACK.local.yaml\`, which git ignores, overrides them for one checkout (an empty text there unsets a setting
that has no default). All faults in the settings are reported at once.

\`\`\`yaml
config:
  homeport:domain: example.org
  homeport:edge:
    address: 198.51.100.10
    hostKey: ssh-ed25519 AAAA...
\`\`\`
`;

/** Splits `meaning (default X)`. */
function meaningAndDefault(text) {
  const [, meaning, ending] = /^(.*) \((required|default .*)\)\.?$/s.exec(text) ?? [];
  if (meaning === undefined) throw new Error(`no '(required)' and no '(default ...)' at the end of: ${text}`);
  const [, words, value] = /^default (?:- (.*)|(.*))$/s.exec(ending) ?? [];
  return [meaning, ending === "required" ? "**required**" : (words ?? `\`${value}\``)];
}

function row(name, text) {
  const [meaning, normal] = meaningAndDefault(text);
  return `| \`${name}\` | ${meaning} | ${normal} |`;
}

function section([name, { description }]) {
  const [about = "", ...bullets] = description.replace(/\n(?!- )\s*/g, " ").split("\n");
  const rows =
    bullets.length === 0
      ? [row(name, about)]
      : bullets.map((bullet) => {
          const [, key = "", text = ""] = /^- ([\w.]+): (.*)$/s.exec(bullet) ?? [];
          return row(`${name}.${key}`, text);
        });
  const table = ["| setting | meaning | default |", "| --- | --- | --- |", ...rows].join("\n");
  return `## ${name}\n\n${bullets.length === 0 ? "" : `${about}\n\n`}${table}\n`;
}

const text = [INTRODUCTION, ...Object.entries(config).filter(isSetting).map(section)].join("\n");
const options = await prettier.resolveConfig(target);
const page = await prettier.format(text, { ...options, filepath: target });
if (process.argv.includes("--stdout")) process.stdout.write(page);
else writeFileSync(target, page);
