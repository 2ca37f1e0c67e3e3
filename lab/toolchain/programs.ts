import type { Cache } from "../cache";
import { LabError } from "../errors";
import type { Tell } from "../packages";
import { providePebble } from "./pebble";
import { provideVersitygw } from "./versitygw";

/** Programs that hosts run and that are built for them on this machine; each gives the path of its executable. */
const PROGRAMS = { pebble: providePebble, versitygw: provideVersitygw };

/** One of them. */
export type ProgramName = keyof typeof PROGRAMS;

/** The path of a program; an error where it was not provided. */
export type Programs = (name: ProgramName) => string;

/** Provides programs, one after another: one build has all processors. */
export async function providePrograms(
  names: readonly ProgramName[],
  cache: Cache,
  architecture: string,
  tell: Tell,
): Promise<Programs> {
  const paths = new Map<ProgramName, string>();
  for (const name of names) {
    paths.set(name, await PROGRAMS[name](cache, architecture, tell));
  }
  return (name) => {
    const path = paths.get(name);
    if (path === undefined) throw new LabError(`the topology runs ${name}, and does not name it among its programs`);
    return path;
  };
}
