import * as pulumi from "@pulumi/pulumi";

import { Ingress, SiteDatabase, SiteServer } from "../app";
import { DnsPlan } from "../dns";
import { NonEmpty } from "../../lib/non-empty";
import { SharedHost } from "./shared-host";

/** The machines of a site: servers with engines and proxies behind an edge, of this stack or of the owner stack. */
export interface SiteHost {
  /** The first also runs the release and the jobs. */
  readonly servers: NonEmpty<SiteServer>;
  readonly ingress: Ingress;
  /** Undefined: the stack runs none. */
  readonly database: SiteDatabase | undefined;
  /** The stack's output about its machines: plain values, known at preview, without secrets. */
  readonly facts: Omit<SharedHost, "network" | "subnet">;
  /** Where the first server's Docker keeps its data. */
  readonly dockerData: string;
  /** The first server's network and its addresses, for guests. */
  readonly network: pulumi.Output<string>;
  readonly subnet: pulumi.Output<string>;
  /** The records of the site, planned before anything was changed. */
  readonly records: DnsPlan;
  /** What the site waits for. */
  readonly ready: readonly pulumi.Resource[];
}
