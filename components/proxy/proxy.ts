import * as pulumi from "@pulumi/pulumi";

import { ExpectedPort, HostFile, HostPart, HostSpec } from "../machine";

/** A port of a proxy's container and of its host. */
export interface ProxyPort {
  readonly internal: number;
  readonly external: number;
  /** Address of the host. */
  readonly ip: string;
}

/** The parts of a proxy's container. */
export interface ProxyContainer {
  /** Files that it reads only at start. */
  readonly startFiles: readonly HostFile[];
  readonly environment: readonly string[];
  readonly ports: readonly ProxyPort[];
  /** Whether it stores certificates of its own. */
  readonly storage: boolean;
  /** Digest of the secrets that it reads only at start. Default: none. */
  readonly secretsDigest?: pulumi.Output<string>;
}

/** A proxy without its host: its container, and its additions to the host's specs. */
export interface Proxy {
  readonly container: ProxyContainer;
  readonly spec: pulumi.Output<HostSpec>;
  readonly secrets: pulumi.Output<HostSpec>;
  /** What it needs only for other servers' proxies. */
  readonly parts: readonly HostPart[];
}

/** The proxy's ports on the host, for the preflight. */
export function expectedPorts({ ports }: Pick<ProxyContainer, "ports">): ExpectedPort[] {
  return ports.map(({ external }) => ({ port: external, protocol: "tcp", holder: "homeport " }));
}
