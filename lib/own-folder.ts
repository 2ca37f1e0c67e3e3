import { mkdirSync } from "node:fs";
import * as path from "node:path";

import { messageOf, UserError } from "./errors";

/** Where the program keeps what it writes in this checkout; git ignores it, and no state names more of it than what it makes again. */
const FOLDER = ".homeport";

/** The path of a file in the checkout's own folder, whose directory is made. Throws a UserError where the checkout cannot be written. */
export function ownFile(...names: readonly string[]): string {
  const file = path.join(FOLDER, ...names);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw new UserError(
      `cannot write ${path.resolve(FOLDER)}: ${messageOf(error)}. Use a checkout that you may write, or give yourself this folder`,
    );
  }
  return file;
}
