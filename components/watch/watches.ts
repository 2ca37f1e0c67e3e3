import * as pulumi from "@pulumi/pulumi";

import { bundleCommand, HostAccess } from "../machine";
import { WatchSettings, watchSpec } from "./watch-spec";

/** A machine that watches. */
export interface WatchedMachine extends Pick<WatchSettings, "role" | "address" | "way" | "engine"> {
  readonly host: HostAccess;
}

export interface WatchedSite extends Pick<
  WatchSettings,
  "app" | "site" | "path" | "edge" | "proxied" | "trusted" | "tunnel" | "slowSeconds"
> {
  readonly quietHours?: string | undefined;
  /** Where alerts go; undefined: nowhere. */
  readonly urls: pulumi.Output<string> | undefined;
  /** Undefined: none. */
  readonly heartbeat: pulumi.Output<string> | undefined;
  readonly machines: readonly WatchedMachine[];
}

/** Has each machine look at itself and at the site once a minute. Without anybody to tell nothing is installed. */
export function watches(site: WatchedSite, opts: pulumi.CustomResourceOptions): void {
  const { urls, heartbeat, machines, quietHours, ...common } = site;
  if (urls === undefined && heartbeat === undefined) return;
  for (const { host, ...machine } of machines) {
    const { name } = host.address;
    bundleCommand(
      `${name}-watch`,
      {
        host,
        bundle: `watch-${common.app}`,
        spec: pulumi.all([urls, heartbeat]).apply(([to, beat]) =>
          watchSpec(
            {
              ...common,
              ...machine,
              host: name,
              owner: host.owner,
              quietHours: quietHours ?? null,
              // One machine's silence is enough to notice, and the server's covers the whole way.
              heartbeat: machine.role === "server" ? (beat ?? null) : null,
            },
            to,
          ),
        ),
        secret: true,
      },
      opts,
    );
  }
}
