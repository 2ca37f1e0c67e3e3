import { join } from "node:path";

import type { Cache } from "../cache";
import { UserError } from "../../lib/errors";
import { Report } from "../progress";
import { goBuild } from "./go";
import { PEBBLE, VERSITYGW } from "./versions";

/** Programs that hosts run and that are built for them on this machine, from the Go module in the directory of their name. */
const PROGRAMS = {
  /** The ACME server. It has no release of its own for download. */
  pebble: { version: PEBBLE, program: "github.com/letsencrypt/pebble/v2/cmd/pebble" },
  /** The object storage. */
  versitygw: { version: VERSITYGW, program: "github.com/versity/versitygw/cmd/versitygw" },
} as const;

/** One of them. */
export type ProgramName = keyof typeof PROGRAMS;

/** The path of a program; an error where it was not provided. */
export type Programs = (name: ProgramName) => string;

/** Provides programs, one after another: one build has all processors. */
export async function providePrograms(
  names: readonly ProgramName[],
  cache: Cache,
  architecture: string,
  report: Report,
): Promise<Programs> {
  const paths = new Map<ProgramName, string>();
  for (const name of names) {
    paths.set(name, await provideProgram(name, cache, architecture, report));
  }
  return (name) => {
    const path = paths.get(name);
    if (path === undefined) throw new UserError(`the topology runs ${name}, and does not name it among its programs`);
    return path;
  };
}

/** The path of one program, built unless it is there. */
async function provideProgram(name: ProgramName, cache: Cache, architecture: string, report: Report): Promise<string> {
  const { version, program } = PROGRAMS[name];
  const entry = await cache.keep(`${name}-${version}-${architecture}`, (directory) =>
    goBuild(cache, { module: join(__dirname, name), program }, join(directory, name), report),
  );
  return join(entry, name);
}
