import { writeFileSync } from "node:fs";
import * as path from "node:path";

import { sourceText } from "../../../lib/source-text";
import { temporaryDirectory } from "../../support/directory";

const directory = temporaryDirectory();

test("a file that git wrote on Windows is sent as on any other system", () => {
  const file = path.join(directory, "script.sh");
  writeFileSync(file, "set -eu\r\necho yes\r\n");
  expect(sourceText(file)).toBe("set -eu\necho yes\n");
});
