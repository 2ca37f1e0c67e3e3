import { readFileSync } from "node:fs";
import * as path from "node:path";

/** Parts to prepend to a script, in order of dependence. */
const IN_FRONT: Readonly<Record<string, readonly string[]>> = {
  "machine/scripts/bundle.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/scheduled-job.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "database/postgres-role.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/ready.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/release-commands.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "proxy/certificate-watch.sh": ["machine/scripts/say.sh"],
  "docker/ship-image.sh": ["machine/scripts/say.sh"],
  "tunnel/tunnel-reload.sh": ["tunnel/tunnel-conf.sh"],
  "tunnel/tunnel-resolve.sh": ["machine/scripts/say.sh"],
  "tunnel/tunnel-sync.sh": ["tunnel/tunnel-conf.sh"],
};

/** A static script; `file` is its path in `components/`, such as `tunnel/tunnel-sync.sh`. */
export function script(file: string): string {
  const text = read(file);
  const parts = IN_FRONT[file];
  if (parts === undefined) return text;
  // Its head comment stays first: it names the script's purpose and shell.
  const [head = ""] = /^(#.*\n)*/.exec(text) ?? [];
  return [head, ...parts.map((part) => `\n${body(part)}`), text.slice(head.length)].join("");
}

/** The parts of the host script, in order. */
const HOST_PARTS = ["bundle", "system", "files", "units", "guard", "facts", "verbs"] as const;

/** The host script, for stdin of `bash -s VERB`, followed by a bundle. */
export function hostScript(): string {
  return HOST_PARTS.map((part) => script(`machine/scripts/${part}.sh`)).join("\n");
}

// Without the shellcheck line: the script has its own.
function body(part: string): string {
  return read(part).replace(/^# shellcheck .*\n/, "");
}

function read(file: string): string {
  return readFileSync(path.join(__dirname, "..", file), "utf8");
}
