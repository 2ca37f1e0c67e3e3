import { UserError } from "../../lib/errors";
import { SINGLE } from "./single";
import { SCALE } from "./scale";
import type { LabTopology } from "./lab-topology";

/** The topologies of the lab, the default one first. */
export const TOPOLOGIES: readonly [LabTopology, ...LabTopology[]] = [SINGLE, SCALE];

/** The topology of a name; an error that names those there are. */
export function topologyOf(name: string): LabTopology {
  const found = TOPOLOGIES.find((topology) => topology.name === name);
  if (found === undefined) {
    throw new UserError(
      `the topology "${name}" is not known: expected ${TOPOLOGIES.map((one) => one.name).join(" or ")} (--topology or HOMEPORT_LAB_TOPOLOGY)`,
    );
  }
  return found;
}
