import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { DnsPlan } from "../dns/plan";
import { HostAddress, Login } from "../../settings/host-address";
import { CertificateFact } from "../machine/facts";
import { HostAccess } from "../machine/host-access";
import { NonEmpty } from "../../lib/non-empty";
import { SharedHost } from "./shared-host";
import { shortenHome } from "../../lib/user-file";

/** A server as an application sees it. */
export interface SiteServer {
  readonly name: string;
  readonly access: HostAccess;
  readonly platform: string;
  /** Address in the tunnel. */
  readonly tunnelAddress: string;
  readonly engine: docker.Provider;
  /** Name of the network that its proxy and the application share. */
  readonly network: pulumi.Output<string>;
  /** Whose forwarded headers the application believes: networks and addresses, separated by commas. */
  readonly trustedProxies: pulumi.Output<string>;
  /** Containers of the application. */
  readonly replicas: number;
}

/** Where TLS ends. */
export interface Ingress {
  readonly access: HostAccess;
  /** Name of the server that it is; undefined: the edge. */
  readonly server: string | undefined;
  /** Names under which the admin is reached: at home first, where it answers there, and last the one of a forwarded port. Each is one application's only. */
  readonly adminHosts: NonEmpty<string>;
  /** What the probe saw of certificates, of all sites there. */
  readonly certificates: readonly CertificateFact[];
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
  /** The name by which the application knows it. */
  readonly name: string;
}

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
  readonly knownHostsFile: string;
  /** The records of the site, planned before anything was changed. */
  readonly records: DnsPlan;
  /** What has to be there before a site is. */
  readonly ready: readonly pulumi.Resource[];
}

/** The login of a host as an output has it: what is at another place on each workstation is written relative to the home directory. */
export function loginFacts({ name, address, port, user, hostKey, privateKeyFile }: HostAddress): Login {
  return {
    ...{ name, address, port, user, hostKey },
    ...(privateKeyFile === undefined ? {} : { privateKeyFile: shortenHome(privateKeyFile) }),
  };
}
