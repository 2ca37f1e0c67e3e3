import * as pulumi from "@pulumi/pulumi";

import { SiteServer } from "./place";

/** A server with the application's image. */
export interface AppServer extends SiteServer {
  /** Reference of the image there. */
  readonly image: pulumi.Input<string>;
  /** Names that its containers know beside those of the DNS. */
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
}

/** Name of the volume that keeps the data of an application on a server. */
export function dataVolume(app: string): string {
  return `${app}-data`;
}
