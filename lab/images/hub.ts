import { Engine } from "../engine/engine";
import { messageOf } from "../../lib/errors";
import { Report } from "../progress";
import { finished, hasImage } from "./archive";
import { RELEASE, Release } from "./debian";

/** The base of the hosts from Docker Hub. */
export function hubBase(release: Release): string {
  return `debian:${release}-slim`;
}

/**
 * Whether the engine can really fetch an image from Docker Hub, found out with the one the hosts need anyway: the registry may answer while the
 * place of its files is out of reach, or the engine may be elsewhere.
 */
export async function proveHub(engine: Engine, report: Report): Promise<boolean> {
  const base = hubBase(RELEASE);
  if (await hasImage(engine.docker, base)) {
    return true;
  }
  try {
    report(`docker pull ${base}`);
    await finished(engine.docker, await engine.docker.pull(base), report);
    return true;
  } catch (error) {
    report(`Docker Hub's images cannot be fetched, building instead: ${messageOf(error).split("\n")[0] ?? ""}`);
    return false;
  }
}
