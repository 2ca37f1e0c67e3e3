import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { DnsPlan } from "../dns/plan";
import { HostAddress } from "../host/connection";
import { CertificateFact } from "../host/facts";
import { HostAccess } from "../host/host-access";
import { Login } from "../host/login";
import { SharedHost } from "./shared-host";
import { shortenHome } from "../user-file";

/** Where a site is put: a server with its engine and proxy behind an edge. They are this stack's, or another's of which it is a guest. */
export interface SiteHost {
  readonly access: HostAccess;
  /** What the stack answers about its machines; plain, so that a preview knows it. No secret is in it. */
  readonly facts: Omit<SharedHost, "network" | "subnet">;
  /** Names under which the admin is reached: at home first, and last the one of a forwarded port. Each is one application's only. */
  readonly adminHosts: readonly [string, ...string[]];
  /** What the probe saw of certificates, of all sites there. */
  readonly certificates: readonly CertificateFact[];
  readonly engine: docker.Provider;
  readonly network: pulumi.Output<string>;
  /** Addresses of the network: the application believes forwarded headers from nowhere else. */
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
