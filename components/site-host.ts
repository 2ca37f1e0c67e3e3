import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { DnsPlan } from "./dns-plan";
import { HostAddress } from "./host/connection";
import { HostAccess } from "./host/host-access";
import { Login } from "./host/login";
import { shortenHome } from "./user-file";

/** Where a site is put: a server with its engine and proxy behind an edge. They are this stack's, or another's of which it is a guest. */
export interface SiteHost {
  readonly access: HostAccess;
  /** What the stack answers about it; plain, so that a preview knows it. */
  readonly facts: HostFacts;
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

/** The machines of a site as a stack's output `host` tells them to its guests and to the commands. No secret is in it. */
export interface HostFacts {
  /** The stack that owns them, `project/stack`. */
  readonly owner: string;
  /** Names of the site of that stack: no guest may take them. */
  readonly names: readonly string[];
  /** Name in CAA records of the authority that its proxy asks for certificates; undefined: not known. */
  readonly caaIssuer?: string | undefined;
  readonly edge: Login & { readonly tunnelAddress: string };
  readonly server: Login & {
    readonly platform: string;
    readonly tunnelAddress: string;
    /** Whether ssh is open through the tunnel. */
    readonly sshOverTunnel: boolean;
  };
}

/** The login of a host as an output has it: what is at another place on each workstation is written relative to the home directory. */
export function loginFacts({ name, address, port, user, hostKey, privateKeyFile }: HostAddress): Login {
  return {
    ...{ name, address, port, user, hostKey },
    ...(privateKeyFile === undefined ? {} : { privateKeyFile: shortenHome(privateKeyFile) }),
  };
}
