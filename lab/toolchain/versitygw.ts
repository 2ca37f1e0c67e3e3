import { join } from "node:path";

import type { Cache } from "../cache";
import type { Tell } from "../packages";
import { goBuild } from "./go";
import { VERSITYGW } from "./versions";

/** Gives the path of the object storage's server, built unless it is there. */
export async function provideVersitygw(cache: Cache, architecture: string, tell: Tell): Promise<string> {
  const entry = await cache.keep(`versitygw-${VERSITYGW}-${architecture}`, (directory) =>
    goBuild(
      cache,
      { module: join(__dirname, "versitygw"), program: "github.com/versity/versitygw/cmd/versitygw" },
      join(directory, "versitygw"),
      tell,
    ),
  );
  return join(entry, "versitygw");
}
