import * as path from "node:path";

import { sourceText } from "../lib/source-text";

/** A static script of `commands/scripts`, with what all of them may call in front. */
export function scriptText(name: string): string {
  return ["as-root.sh", name].map((file) => sourceText(path.join(__dirname, "scripts", file))).join("");
}
