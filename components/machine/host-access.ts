import * as pulumi from "@pulumi/pulumi";

import { Machine } from "./machine";

/** A host as an application sees it. Its own stack's `Host` is one; a guest stack has another. */
export interface HostAccess extends Machine {
  /** Changes whenever everything on the host has to be applied again; part of every bundle for this host. */
  readonly revision: pulumi.Output<string>;
}
