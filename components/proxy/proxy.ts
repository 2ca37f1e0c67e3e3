import * as pulumi from "@pulumi/pulumi";

import type { HostPart } from "../machine/host";
import { HostFile, HostSpec } from "../machine/host-spec";
import { ExpectedPort } from "../machine/preflight";

/** A port of a proxy's container and of its host. */
export interface ProxyPort {
  readonly internal: number;
  readonly external: number;
  /** Address of the host. */
  readonly ip: string;
}

/** What a proxy's container is made of. */
export interface ProxyContainer {
  /** Files that it reads at its start only. */
  readonly startFiles: readonly HostFile[];
  readonly environment: readonly string[];
  readonly ports: readonly ProxyPort[];
  /** Whether it keeps certificates of its own. */
  readonly storage: boolean;
  /** Changes with the secrets that it reads at its start only. Default: there are none. */
  readonly secretsDigest?: pulumi.Output<string>;
}

/** A proxy, before it is on a host: its container, and what it adds to the host's specs. */
export interface Proxy {
  readonly container: ProxyContainer;
  readonly spec: pulumi.Output<HostSpec>;
  readonly secrets: pulumi.Output<HostSpec>;
  /** What it needs for other servers' proxies only. */
  readonly parts: readonly HostPart[];
}

/** Ports of a host that its proxy is to have, for who looks whether they are free. */
export function expectedPorts({ ports }: Pick<ProxyContainer, "ports">): ExpectedPort[] {
  return ports.map(({ external }) => ({ port: external, protocol: "tcp", holder: "homeport " }));
}
