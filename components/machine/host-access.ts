import * as pulumi from "@pulumi/pulumi";

import { Thing } from "./facts";
import { Machine } from "./machine";

/** A host as an application sees it: the owner stack's `Host`, or a guest stack's view of it. */
export interface HostAccess extends Machine {
  /** Changes when everything on the host has to be applied again; part of every bundle for this host. */
  readonly revision: pulumi.Output<string>;
  /** What the probe saw of this stack's things in its Docker. */
  readonly things: readonly Thing[];
}
