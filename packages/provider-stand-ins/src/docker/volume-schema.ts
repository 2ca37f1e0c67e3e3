import type { ResourceSchema } from "./schema";
import { filledIn, LABEL, list, map, replaces, set, text } from "./schema";

/** docker_volume of the Terraform provider under pulumi-docker 5.2.0; `cluster` (Swarm) is known by name only. */
export const VOLUME: ResourceSchema = {
  version: 1,
  attributes: {
    cluster: list({ one: true }, {}),
    driver: text(filledIn),
    driverOpts: map(replaces),
    labels: set(replaces, LABEL),
    mountpoint: text({ computed: true }),
    name: text(filledIn),
  },
};
