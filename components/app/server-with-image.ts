import * as pulumi from "@pulumi/pulumi";

import { SiteServer } from "./place";

/** A server with the application's image. */
export interface AppServer extends SiteServer {
  /** Reference of the image there. */
  readonly image: pulumi.Input<string>;
  /** Extra entries of its containers' /etc/hosts. */
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
}

/** Name of an application's data volume on a server. */
export function dataVolume(app: string): string {
  return `${app}-data`;
}
