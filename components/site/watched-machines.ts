import * as pulumi from "@pulumi/pulumi";

import { Topology } from "../../plan";
import { ServerSettings, Settings } from "../../settings";
import { isProxied } from "../dns";
import { Host } from "../machine";
import { watches } from "../watch";
import { StackNames } from "./stack-names";

/** What the watch of a stack's machines goes by. */
interface WatchedArgs {
  readonly settings: Settings;
  readonly names: StackNames;
  readonly plan: Topology<ServerSettings>;
}

/** Every machine looks at itself; the edge also at the first server, and that at the site as the internet has it. */
export function watchMachines(
  { settings, names, plan }: WatchedArgs,
  { edge, servers }: { readonly edge: Host; readonly servers: readonly Host[] },
  dependsOn: pulumi.Resource[],
): void {
  const { alerts, hosts, domain, app, dns, tls, tunnel } = settings;
  watches(
    {
      app: names.name,
      site: hosts[0] ?? domain,
      path: app.health.path,
      edge: settings.edge.address,
      proxied: isProxied(dns),
      trusted: tls.directory === "production",
      tunnel: tunnel.interface,
      ...alerts,
      machines: [
        {
          ...{ host: edge, role: "edge", engine: settings.ingress === "edge" },
          ...{ address: plan.target ?? "127.0.0.1", way: "through the tunnel" },
        },
        ...servers.map((host, index) => ({
          ...{ host, role: "server" as const, engine: true },
          ...{ address: index === 0 ? settings.edge.address : null, way: "on the internet" },
        })),
      ],
    },
    { dependsOn },
  );
}
