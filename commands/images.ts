import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { VERSIONS, VERSIONS_FILE } from "../settings";
import { currentDigest, parseImage } from "./registry";

/** An image that a file names. */
export interface Pin {
  readonly file: string;
  readonly reference: string;
}

/** The default of a Dockerfile's build argument for its base. */
const BASE = /^ARG PYTHON_IMAGE=(\S+)$/m;

/** The images that Homeport names itself: the defaults of the settings, and the base of the example project's Dockerfile. */
export async function ownPins(): Promise<Pin[]> {
  const dockerfile = join(__dirname, "..", "app", "Dockerfile");
  const base = BASE.exec(await readFile(dockerfile, "utf8"))?.[1];
  return [
    ...Object.values(VERSIONS).map((reference) => ({ file: VERSIONS_FILE, reference })),
    ...(base === undefined ? [] : [{ file: dockerfile, reference: base }]),
  ];
}

/**
 * `npm run images`: pins each image to the digest that its tag has now, and reports what has moved. Files change only after every registry has
 * answered, so that never half of the pins are renewed.
 */
export async function images(pins: readonly Pin[], hub: string): Promise<number> {
  const looked = await Promise.all(
    pins.map(async (pin) => {
      const image = parseImage(pin.reference);
      return { ...pin, ...image, now: await currentDigest(image, hub) };
    }),
  );
  for (const { file, reference, name, digest, now } of looked) {
    if (digest === now) {
      process.stdout.write(`${name}  unchanged, ${now}\n`);
      continue;
    }
    const text = await readFile(file, "utf8");
    // To the end of the word: python:3.13 is also the start of python:3.13-slim.
    await writeFile(file, text.replace(new RegExp(`${escaped(reference)}(?=["\\s])`, "g"), `${name}@${now}`));
    process.stdout.write(`${name}\n  old ${digest ?? "(no digest)"}\n  new ${now}\n`);
  }
  return 0;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
