import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../lib/errors";
import type { LabTopology } from "./topologies/lab-topology";

/** One lab: its name, and where its files are in the checkout. Everything it makes in the engine carries the name. */
export interface Instance {
  readonly name: string;
  /** The checkout, absolute. */
  readonly checkout: string;
  /** The instance's own files: `.lab/NAME` of the checkout. */
  readonly directory: string;
  /** The stack that it rehearses. */
  readonly stack: string;
}

/** The label that all the lab's Docker objects carry, with the instance's name as its value. */
export const LABEL = "homeport.lab";

/** Docker allows more, but the name becomes part of host names too (63 characters with the longest suffix, `-internet`). */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * The instance of a checkout. Two checkouts have different names by default, and so have two topologies of one, whatever name was chosen: all
 * of them can stand side by side.
 */
export function instanceOf(checkout: string, topology: Pick<LabTopology, "stack" | "suffix">, name?: string): Instance {
  const path = realpathSync(checkout);
  const chosen = name ?? defaultName(path);
  if (!NAME.test(chosen)) {
    throw new UserError(
      `instance name "${chosen}" cannot be used: expected 1 to 40 characters a-z, 0-9 and "-", a letter first (--instance or HOMEPORT_LAB_INSTANCE)`,
    );
  }
  const full = `${chosen}${topology.suffix}`;
  return { name: full, checkout: path, directory: join(path, ".lab", full), stack: topology.stack };
}

/** `hp-` and six hex digits of the checkout's path: short, and the same at each run. */
export function defaultName(checkout: string): string {
  return `hp-${createHash("sha256").update(checkout).digest("hex").slice(0, 6)}`;
}
