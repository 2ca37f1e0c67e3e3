import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parse } from "yaml";

import { Cache } from "../../lab/cache";
import { STACK } from "../../lab/domain";
import { machineMirror } from "../../lab/images/debian";
import { providePythonImage } from "../../lab/images/python";
import { Platform } from "../../lab/platform";
import { CHECKOUT, Lab } from "./lab";

/** The Python image of a platform, as the settings have it: the lab's own where this lab uses those, else the one that has all platforms. */
export async function pythonImages(lab: Lab, platform: Platform): Promise<{ readonly python?: string }> {
  const text = await readFile(join(CHECKOUT, `Pulumi.${STACK}.local.yaml`), "utf8");
  const { config } = parse(text) as { config: { "homeport:images"?: { python?: string } } };
  const { python } = config["homeport:images"] ?? {};
  if (python === undefined) return {};
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    python: await providePythonImage(lab, new Cache(lab.settings.cache), await machineMirror(report), platform, report),
  };
}
