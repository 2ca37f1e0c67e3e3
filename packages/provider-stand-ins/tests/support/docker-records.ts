import { createHash } from "node:crypto";

import type { NumberedCase } from "./recorded-cases";
import { recordedCases } from "./recorded-cases";

/** The end of names that the real plugin made from the recordings' seed. */
const RECORDED_SUFFIX = "-d1b443e";
/** The end of the stand-in's for the same seed: the seed decides, the way from it to the digits differs. */
const SUFFIX = `-${createHash("sha256").update(Buffer.alloc(32, 7)).digest("hex").slice(0, 7)}`;

/** The recorded cases of the docker plugin with the stand-in's names, and paths put in the place of the recorded ones. */
export function dockerCases(paths: Readonly<Record<string, string>> = {}): NumberedCase[] {
  const replaced = Object.entries(paths).reduce(
    (text, [from, to]) => text.split(from).join(to),
    JSON.stringify(recordedCases("docker").cases).split(RECORDED_SUFFIX).join(SUFFIX),
  );
  return JSON.parse(replaced) as NumberedCase[];
}

/** The recorded case of that name. */
export function dockerCase(name: string, paths?: Readonly<Record<string, string>>): NumberedCase {
  const found = dockerCases(paths).find((recorded) => recorded.name === name);
  if (found === undefined) throw new Error(`no recorded docker case "${name}"`);
  return found;
}
