import { readFileSync } from "node:fs";

/**
 * The text of a file of this program that is sent to machines. Without the line ends that git writes on Windows: no shell there runs a script with them, and they would
 * be a change of every bundle.
 */
export function sourceText(file: string): string {
  return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
}
