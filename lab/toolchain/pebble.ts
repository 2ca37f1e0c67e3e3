import { join } from "node:path";

import { Cache } from "../cache";
import { Tell } from "../packages";
import { goBuild } from "./go";
import { PEBBLE } from "./versions";

/** Gives the path of the ACME server, built unless it is there. It has no release of its own for download. */
export async function providePebble(cache: Cache, architecture: string, tell: Tell): Promise<string> {
  const entry = await cache.keep(`pebble-${PEBBLE}-${architecture}`, (directory) =>
    goBuild(
      cache,
      { module: join(__dirname, "pebble"), program: "github.com/letsencrypt/pebble/v2/cmd/pebble" },
      join(directory, "pebble"),
      tell,
    ),
  );
  return join(entry, "pebble");
}
