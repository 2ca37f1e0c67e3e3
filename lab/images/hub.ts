import { Engine } from "../engine/engine";
import { messageOf } from "../errors";
import { Tell } from "../packages";
import { finished, hasImage } from "./archive";
import { RELEASE } from "./debian";

/** The base of the hosts from Docker Hub. */
export const HUB_BASE = `debian:${RELEASE}-slim`;

/**
 * Whether the engine can really fetch an image from Docker Hub, found out with the one the hosts need anyway: the registry may answer while the
 * place of its files is out of reach, or the engine may be elsewhere.
 */
export async function proveHub(engine: Engine, tell: Tell): Promise<boolean> {
  if (await hasImage(engine.docker, HUB_BASE)) {
    return true;
  }
  try {
    tell(`docker pull ${HUB_BASE}`);
    await finished(engine.docker, await engine.docker.pull(HUB_BASE), tell);
    return true;
  } catch (error) {
    tell(`Docker Hub's images cannot be fetched, building instead: ${messageOf(error).split("\n")[0] ?? ""}`);
    return false;
  }
}
