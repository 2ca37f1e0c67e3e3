import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { INNER_PORT } from "../../plan";
import { bundleCommand, EMPTY_SPEC, HostSpec, mergeSpecs } from "../machine";
import {
  Backend,
  HealthCheck,
  certificateLeftovers,
  certificateNames,
  renderInnerRoute,
  renderRoute,
  Route,
  ROUTES,
  markOf,
} from "../proxy";
import { AdapterReport, HealthSettings } from "./gate";
import { Ingress, SiteServer } from "./place";
import { dataVolume } from "./volumes";
import { Job, jobsSpec } from "./scheduled-jobs";

/** The common part of a site's routes. */
interface RouteArgs {
  /** Name of the application on the servers, unique there. */
  readonly app: string;
  /** The first serves; the others redirect to it. */
  readonly hosts: readonly string[];
  readonly health: HealthSettings;
  readonly report: pulumi.Output<AdapterReport>;
  /** Whether the data outlives the application. */
  readonly keepData: boolean;
  /** Scheduled commands on the first server. */
  readonly jobs: readonly Job[];
}

/** The application on a server. */
export interface Serving {
  readonly server: SiteServer;
  /** Port of its containers. */
  readonly port: pulumi.Output<number>;
  readonly webs: readonly docker.Container[];
  readonly processes: readonly docker.Container[];
  /** What the application has in the server's Docker beside its containers. */
  readonly things: pulumi.Output<HostSpec["things"]>;
  /** Whether it also runs the jobs. */
  readonly first: boolean;
}

/** The route of a proxy behind the ingress: the containers of its server, once they are healthy. */
export function innerRoute(name: string, args: RouteArgs & Serving, opts: pulumi.ResourceOptions): pulumi.Resource {
  const { app, hosts, server, health } = args;
  return bundleCommand(
    `${name}-route`,
    {
      host: server.access,
      bundle: `${app}-route`,
      spec: pulumi.all([backends(args), args.report]).apply(([containers, report]) =>
        mergeSpecs(servingSpec(args, args, containers), {
          ...EMPTY_SPEC,
          files: [
            {
              path: `${ROUTES}/${app}.yaml`,
              text: renderInnerRoute({ app, hosts, backends: containers.here, health: healthCheck(health, report) }),
            },
          ],
        }),
      ),
      secret: false,
    },
    opts,
  );
}

export interface IngressRouteArgs extends RouteArgs, Pick<Route, "adminPath" | "uploadMaxMb" | "hsts" | "compress"> {
  readonly ingress: Ingress;
  /** Address of the edge, to which the names have to point. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead. */
  readonly proxied: boolean;
  readonly serving: readonly Serving[];
}

/** The route of the ingress, once it is applied. */
export interface IngressRoute {
  readonly applied: pulumi.Resource;
  /** A path that the proxy answers once it has taken this route. */
  readonly mark: pulumi.Output<string>;
}

/** The route of the ingress: its own containers, once they are healthy, and the other servers' proxies. The same bundle has the names that need certificates. */
export function ingressRoute(name: string, args: IngressRouteArgs, opts: pulumi.ResourceOptions): IngressRoute {
  const { app, hosts, ingress, edge, proxied, serving, adminPath, uploadMaxMb, hsts, compress, health } = args;
  const { adminHosts, access } = ingress;
  const own = serving.find(({ server }) => server.name === ingress.server);
  const others = serving
    .filter((one) => one !== own)
    .map(({ server, webs }) => ({ url: `https://${server.tunnelAddress}:${INNER_PORT}`, weight: webs.length }));
  const containers = pulumi.output(own === undefined ? NONE : backends(own));
  const text = pulumi.all([containers, args.report]).apply(([{ here }, report]) =>
    renderRoute({
      ...{ app, hosts, adminHosts, uploadMaxMb, hsts, proxied, compress },
      adminPath: [...new Set([...adminPath, ...report.admins])],
      backends: [...here, ...others],
      health: healthCheck(health, report),
    }),
  );
  const applied = bundleCommand(
    ingress.server === undefined ? `${name}-ingress` : `${name}-route`,
    {
      host: access,
      bundle: `${app}-route`,
      spec: pulumi.all([containers, text]).apply(([all, route]) =>
        mergeSpecs(own === undefined ? EMPTY_SPEC : servingSpec(args, own, all), {
          ...EMPTY_SPEC,
          files: [{ path: `${ROUTES}/${app}.yaml`, text: route }, certificateNames({ app, hosts, edge, proxied })],
          leftovers: certificateLeftovers(app),
        }),
      ),
      secret: false,
    },
    opts,
  );
  return { applied, mark: text.apply(markOf) };
}

/** The containers of a server: those behind its proxy, and all of the application. */
interface Containers {
  readonly here: Backend[];
  readonly all: readonly string[];
  readonly things: HostSpec["things"];
}

const NONE: Containers = { here: [], all: [], things: [] };

function backends({ webs, processes, port, things }: Serving): pulumi.Output<Containers> {
  return pulumi
    .all([port, pulumi.all(webs.map((one) => one.name)), pulumi.all(processes.map((one) => one.name)), things])
    .apply(([number, web, others, beside]) => ({
      here: web.map((container) => ({ url: `http://${container}:${number}`, weight: 1 })),
      all: [...web, ...others],
      things: beside,
    }));
}

/** The adapter's health check, which no visitor can reach. */
const ADAPTER_HEALTH = "/.homeport/health";

/** What the proxy asks of each container afterwards: what the gate has asked, or the adapter where there is one. */
function healthCheck({ path }: HealthSettings, { django, answered }: AdapterReport): HealthCheck {
  return django === ""
    ? { path, status: answered, forwarded: true }
    : { path: ADAPTER_HEALTH, status: 200, forwarded: false };
}

function servingSpec({ app, keepData, jobs }: RouteArgs, { server, first }: Serving, containers: Containers): HostSpec {
  const volume = dataVolume(app);
  const serving: HostSpec = {
    ...EMPTY_SPEC,
    // Checked again: the route is reapplied to a host that has drifted without the step that waits.
    needs: containers.all.map((container) => ({
      claim: `${container} is running`,
      command: `test "$(docker inspect -f '{{.State.Status}}' '${container}')" = running`,
    })),
    serves: containers.all.map((container) => ({ app, container })),
    things: containers.things,
    notes: keepData
      ? [
          `the data of ${app} stays on ${server.name} in the Docker volume ${volume}; to delete it for good: docker volume rm ${volume}`,
        ]
      : [],
  };
  return first ? mergeSpecs(serving, jobsSpec(app, jobs)) : serving;
}
