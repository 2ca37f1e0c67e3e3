import * as pulumi from "@pulumi/pulumi";

import { ImageFacts } from "./image-facts";
import { SiteServer } from "./place";

/** A server with the application's image. */
export interface AppServer extends SiteServer {
  /** Reference of the image there. */
  readonly image: pulumi.Input<string>;
  readonly facts: pulumi.Output<ImageFacts>;
  /** Extra entries of its containers' /etc/hosts. */
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
}
