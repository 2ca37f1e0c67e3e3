import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { HostAccess } from "../machine";
import { NonEmpty } from "../../lib/non-empty";

/** A server from an application's point of view. */
export interface SiteServer {
  readonly name: string;
  readonly access: HostAccess;
  readonly platform: string;
  /** Address in the tunnel. */
  readonly tunnelAddress: string;
  readonly engine: docker.Provider;
  /** Name of the network that its proxy and the application share. */
  readonly network: pulumi.Output<string>;
  /** Whose forwarded headers the application trusts: networks and addresses, separated by commas. */
  readonly trustedProxies: pulumi.Output<string>;
  /** Containers of the application. */
  readonly replicas: number;
}

/** Where TLS ends. */
export interface Ingress {
  readonly access: HostAccess;
  /** Name of that server; undefined: the edge. */
  readonly server: string | undefined;
  /** Names of the admin: first the one at home, if any, last the one of a forwarded port. Each belongs to one application. */
  readonly adminHosts: NonEmpty<string>;
}

/** PostgreSQL run by the stack itself. */
export interface SiteDatabase {
  /** Secret, with the password. */
  readonly url: pulumi.Output<string>;
  /** PEM of the authority that signed its certificate. */
  readonly caPem: pulumi.Output<string>;
  /** Name of the server that it runs on, and that server's address in the tunnel. */
  readonly server: string;
  readonly tunnelAddress: string;
  /** Its host name for the application. */
  readonly name: string;
}
