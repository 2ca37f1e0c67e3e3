import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { Observation } from "./observation";

/**
 * Remembers in the state which revision a host was told, so that a host that does not answer keeps the one it has (`ignoreChanges`) and no
 * change is invented. A RandomId is used for its `keepers`, which are known at preview; its number is not used.
 */
export class DriftMarker extends pulumi.ComponentResource {
  /** The revision to tell the host. */
  public readonly revision: pulumi.Output<string>;

  public constructor(name: string, observation: Observation, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:DriftMarker", name, {}, opts);
    const marker = new random.RandomId(
      `${name}-revision`,
      { byteLength: 4, keepers: { revision: observation.reached ? observation.revision : "never seen" } },
      { parent: this, ignoreChanges: observation.reached ? [] : ["keepers"] },
    );
    this.revision = marker.keepers.apply((keepers) => keepers?.["revision"] ?? "");
    this.registerOutputs({ revision: this.revision });
  }
}
