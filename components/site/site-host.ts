import * as pulumi from "@pulumi/pulumi";

import { Ingress, SiteDatabase, SiteServer } from "../app";
import { DnsPlan } from "../dns";
import { NonEmpty } from "../../lib/non-empty";
import { SharedHost } from "./shared-host";

/** Where a site is put: servers with engines and proxies behind an edge. They are this stack's, or another's of which it is a guest. */
export interface SiteHost {
  /** The first does what is done once. */
  readonly servers: NonEmpty<SiteServer>;
  readonly ingress: Ingress;
  /** Undefined: the stack runs none. */
  readonly database: SiteDatabase | undefined;
  /** What the stack answers about its machines; plain, so that a preview knows it. No secret is in it. */
  readonly facts: Omit<SharedHost, "network" | "subnet">;
  /** The first server's network and its addresses, for guests. */
  readonly network: pulumi.Output<string>;
  readonly subnet: pulumi.Output<string>;
  /** The records of the site, planned before anything was changed. */
  readonly records: DnsPlan;
  /** What has to be there before a site is. */
  readonly ready: readonly pulumi.Resource[];
}
