import { readFileSync } from "node:fs";
import * as path from "node:path";

/** A static script of `components/scripts`, as it is sent or installed. */
export function script(name: string): string {
  return readFileSync(path.join(__dirname, "..", "scripts", name), "utf8");
}
