import { readFileSync } from "node:fs";
import * as path from "node:path";

/** Scripts that are put together from parts: those that are put in front, in the order in which they need each other. */
const IN_FRONT: Readonly<Record<string, readonly string[]>> = {
  "machine/scripts/bundle.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/job.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "database/postgres-role.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/ready.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "app/release.sh": ["machine/scripts/say.sh", "machine/scripts/patience.sh"],
  "proxy/certificate-watch.sh": ["machine/scripts/say.sh"],
  "docker/ship-image.sh": ["machine/scripts/say.sh"],
  "tunnel/tunnel-reload.sh": ["tunnel/tunnel-conf.sh"],
  "tunnel/tunnel-resolve.sh": ["machine/scripts/say.sh"],
  "tunnel/tunnel-sync.sh": ["tunnel/tunnel-conf.sh"],
};

/** A static script beside the component that sends or installs it; `file` is its path in `components/`, such as `tunnel/tunnel-sync.sh`. */
export function script(file: string): string {
  const text = read(file);
  const parts = IN_FRONT[file];
  if (parts === undefined) return text;
  // Its own first comment stays first: it says what the script is, and to what shell.
  const [head = ""] = /^(#.*\n)*/.exec(text) ?? [];
  return [head, ...parts.map((part) => `\n${body(part)}`), text.slice(head.length)].join("");
}

/** The parts of the script that every host is given, in the order in which they are read. */
const HOST_PARTS = ["bundle", "system", "files", "units", "guard", "facts", "verbs"] as const;

/** The script that a host runs: `bash -s VERB` with this on stdin, and a bundle behind it. */
export function hostScript(): string {
  return HOST_PARTS.map((part) => script(`machine/scripts/${part}.sh`)).join("\n");
}

// Without its first line, which names a shell for shellcheck: that of the script counts.
function body(part: string): string {
  return read(part).replace(/^# shellcheck .*\n/, "");
}

function read(file: string): string {
  return readFileSync(path.join(__dirname, "..", file), "utf8");
}
