import type { ResourceSchema } from "./schema";
import { filledIn, flag, LABEL, map, replaces, set, text } from "./schema";

/** docker_network of the Terraform provider under pulumi-docker 5.2.0. */
export const NETWORK: ResourceSchema = {
  version: 1,
  attributes: {
    attachable: flag(replaces),
    driver: text(filledIn),
    ingress: flag(replaces),
    internal: flag(filledIn),
    ipamConfigs: set(
      { ...filledIn, terraform: "ipam_config" },
      {
        subnet: text(replaces),
        ipRange: text(replaces),
        gateway: text(replaces),
        auxAddress: map(replaces),
      },
    ),
    ipamDriver: text({ default: "default", ...replaces }),
    ipamOptions: map(replaces),
    ipv6: flag(replaces),
    labels: set(replaces, LABEL),
    name: text({ required: true, ...replaces }),
    options: map(filledIn),
    scope: text({ computed: true }),
  },
};
