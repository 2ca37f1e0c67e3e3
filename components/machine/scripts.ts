import * as path from "node:path";

import { sourceText } from "../../lib/source-text";

/** The line of a script's head comment that names the parts to put behind that comment, in order of dependence; it is not part of the result. */
const PREPEND = /^# prepend: (.*)\n/m;

/** A static script; `file` is its path in `components/`, such as `tunnel/tunnel-sync.sh`. */
export function script(file: string): string {
  const text = read(file);
  const [line, parts] = PREPEND.exec(text) ?? [];
  if (line === undefined || parts === undefined) return text;
  // The head comment stays first: it names the script's purpose and shell.
  const [head = ""] = /^(#.*\n)*/.exec(text) ?? [];
  return (
    head.replace(line, "") +
    parts
      .split(" ")
      .map(
        (part) => `
${body(part)}`,
      )
      .join("") +
    text.slice(head.length)
  );
}

/** Has a Command of the workstation run a script for Node.js when it is created and when its inputs change; the script sees nothing of its last run. */
export function nodeScript(file: string) {
  const text = script(file);
  return {
    create: text,
    update: text,
    interpreter: ["node", "--input-type=module", "--eval"],
    addPreviousOutputInEnv: false,
  };
}

/** The parts of the host script, in order. */
const HOST_PARTS = ["bundle", "system", "files", "units", "guard", "docker", "facts", "verbs"] as const;

/** The host script, for stdin of `bash -s VERB`, followed by a bundle. */
export function hostScript(): string {
  return HOST_PARTS.map((part) => script(`machine/scripts/${part}.sh`)).join("\n");
}

// Without the shellcheck line: the script has its own.
function body(part: string): string {
  return read(part).replace(/^# shellcheck .*\n/, "");
}

function read(file: string): string {
  return sourceText(path.join(__dirname, "..", file));
}
