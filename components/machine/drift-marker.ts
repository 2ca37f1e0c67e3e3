import * as pulumi from "@pulumi/pulumi";

import { keptText } from "../../state/in-program";
import { Observation } from "./observation";

/**
 * Remembers in the state which revision a host was told, so that a host that does not answer keeps the one it has and no
 * change is invented.
 */
export class DriftMarker extends pulumi.ComponentResource {
  /** The revision to tell the host. */
  public readonly revision: pulumi.Output<string>;

  public constructor(name: string, observation: Observation, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:DriftMarker", name, {}, opts);
    const fresh = observation.reached ? observation.revision : undefined;
    this.revision = keptText({ name: `${name}-revision`, key: "revision", fresh, first: "never seen" }, this);
    this.registerOutputs({ revision: this.revision });
  }
}
