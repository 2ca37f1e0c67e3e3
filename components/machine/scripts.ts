import { readFileSync } from "node:fs";
import * as path from "node:path";

/** A static script beside the component that sends or installs it; `file` is its path in `components/`, such as `tunnel/tunnel-sync.sh`. */
export function script(file: string): string {
  return readFileSync(path.join(__dirname, "..", file), "utf8");
}

/** The parts of the script that every host is given, in the order in which they are read. */
const HOST_PARTS = ["bundle", "system", "files", "units", "guard", "facts", "verbs"] as const;

/** The script that a host runs: `bash -s VERB` with this on stdin, and a bundle behind it. */
export function hostScript(): string {
  return HOST_PARTS.map((part) => script(`machine/scripts/${part}.sh`)).join("\n");
}
