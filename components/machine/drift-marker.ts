import * as pulumi from "@pulumi/pulumi";

import { keptText } from "../../state/in-program";
import { Observation } from "./observation";

/** Keeps a host's applied revision in the state, so that an unreachable host keeps its revision and preview shows no false change. */
export class DriftMarker extends pulumi.ComponentResource {
  /** The revision to apply. */
  public readonly revision: pulumi.Output<string>;

  public constructor(name: string, observation: Observation, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:DriftMarker", name, {}, opts);
    const fresh = observation.reached ? observation.revision : undefined;
    this.revision = keptText({ name: `${name}-revision`, key: "revision", fresh, first: "never seen" }, this);
    this.registerOutputs({ revision: this.revision });
  }
}
