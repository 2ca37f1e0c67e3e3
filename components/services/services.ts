import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { SiteServer, Values } from "../app";
import { withRepair } from "../docker";
import { HostSpec, madeBy, repairOf } from "../machine";
import { Service, ServiceSettings } from "./service";

export interface ServicesArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  /** The server that runs them. */
  readonly server: SiteServer;
  /** By name. */
  readonly services: Readonly<Record<string, ServiceSettings>>;
  /** Image of those that name none. */
  readonly redisImage: string;
  readonly keepData: boolean;
  /** What they wait for. */
  readonly ready: readonly pulumi.Resource[];
}

/** The services of an application. */
export interface Services {
  /** Their addresses, as `services.NAME.PART`; secret. */
  readonly values: pulumi.Output<Values>;
  /** The network that they share with the application; undefined: there are none. */
  readonly network: pulumi.Output<string> | undefined;
  readonly ready: readonly pulumi.Resource[];
  /** What they have in the server's Docker. */
  readonly things: pulumi.Output<HostSpec["things"]>;
}

/** Whether a service is Redis by its name, with our configuration: unless the settings name another image's port. */
function isRedis(name: string, { port, command }: ServiceSettings): boolean {
  return ["redis", "valkey"].includes(name) && port === undefined && command === undefined;
}

/** Runs the services of an application on its first server. */
export function services(name: string, args: ServicesArgs): Services {
  const { app, server, keepData, redisImage, ready } = args;
  const { access: host, engine } = server;
  const all = Object.entries(args.services);
  if (all.length === 0)
    return { values: pulumi.output<Values>({}), network: undefined, ready: [], things: pulumi.output([]) };
  const repair = repairOf(name, { host, of: madeBy("network", name) }, undefined);
  // Internal: no way to the internet or from it.
  const network = new docker.Network(
    name,
    { internal: true, labels: withRepair([], repair) },
    { provider: engine, dependsOn: [...ready] },
  );
  const running = all.map(
    ([service, settings]) =>
      new Service(
        `${name}-${service}`,
        {
          ...{ app, service, settings, host, engine, keepData },
          redis: isRedis(service, settings),
          image: settings.image ?? redisImage,
          network: network.name,
        },
        { dependsOn: [...ready] },
      ),
  );
  return {
    values: pulumi
      .all(running.map((one) => one.values))
      .apply((values): Values => Object.assign({}, ...values) as Values),
    network: network.name,
    ready: running,
    things: pulumi
      .all(running.map((one) => one.things))
      .apply((all) => [{ kind: "network" as const, name }, ...all.flat()]),
  };
}
