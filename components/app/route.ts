import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { INNER_PORT } from "../../plan";
import { bundleCommand, EMPTY_SPEC, HostSpec, mergeSpecs } from "../machine";
import { Backend, certificateLeftovers, certificateNames, renderInnerRoute, renderRoute, Route, ROUTES } from "../proxy";
import { Ingress, SiteServer } from "./place";
import { dataVolume } from "./server-with-image";
import { Job, jobsSpec } from "./scheduled-jobs";

/** The common part of a site's routes. */
interface RouteArgs {
  /** Name of the application on the servers, unique there. */
  readonly app: string;
  /** The first serves; the others redirect to it. */
  readonly hosts: readonly string[];
  /** Port of the containers. */
  readonly port: number;
  /** Whether the data outlives the application. */
  readonly keepData: boolean;
  /** Scheduled commands on the first server. */
  readonly jobs: readonly Job[];
}

/** The application on a server. */
export interface Serving {
  readonly server: SiteServer;
  readonly webs: readonly docker.Container[];
  /** Whether it also runs the jobs. */
  readonly first: boolean;
}

/** The route of a proxy behind the ingress: the containers of its server, once they are healthy. */
export function innerRoute(name: string, args: RouteArgs & Serving, opts: pulumi.ResourceOptions): pulumi.Resource {
  const { app, hosts, port, server, webs } = args;
  return bundleCommand(
    `${name}-route`,
    {
      host: server.access,
      bundle: `${app}-route`,
      spec: names(webs).apply((containers) =>
        mergeSpecs(servingSpec(args, args, containers), {
          ...EMPTY_SPEC,
          files: [
            { path: `${ROUTES}/${app}.yaml`, text: renderInnerRoute({ app, hosts, backends: here(containers, port) }) },
          ],
        }),
      ),
      secret: false,
    },
    opts,
  );
}

export interface IngressRouteArgs extends RouteArgs, Pick<Route, "adminPath" | "uploadMaxMb" | "compress"> {
  readonly ingress: Ingress;
  /** Address of the edge, to which the names have to point. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead. */
  readonly proxied: boolean;
  readonly serving: readonly Serving[];
}

/** The route of the ingress: its own containers, once they are healthy, and the other servers' proxies. The same bundle has the names that need certificates. */
export function ingressRoute(name: string, args: IngressRouteArgs, opts: pulumi.ResourceOptions): void {
  const { app, hosts, port, ingress, edge, proxied, serving, adminPath, uploadMaxMb, compress } = args;
  const { adminHosts, access } = ingress;
  const own = serving.find(({ server }) => server.name === ingress.server);
  const others = serving
    .filter((one) => one !== own)
    .map(({ server, webs }) => ({ url: `https://${server.tunnelAddress}:${INNER_PORT}`, weight: webs.length }));
  bundleCommand(
    ingress.server === undefined ? `${name}-ingress` : `${name}-route`,
    {
      host: access,
      bundle: `${app}-route`,
      spec: names(own?.webs ?? []).apply((containers) =>
        mergeSpecs(own === undefined ? EMPTY_SPEC : servingSpec(args, own, containers), {
          ...EMPTY_SPEC,
          files: [
            {
              path: `${ROUTES}/${app}.yaml`,
              text: renderRoute({
                ...{ app, hosts, adminHosts, adminPath, uploadMaxMb, compress },
                backends: [...here(containers, port), ...others],
              }),
            },
            certificateNames({ app, hosts, edge, proxied }),
          ],
          leftovers: certificateLeftovers(app),
        }),
      ),
      secret: false,
    },
    opts,
  );
}

function names(webs: readonly docker.Container[]): pulumi.Output<string[]> {
  return pulumi.all(webs.map((one) => one.name));
}

function here(containers: readonly string[], port: number): Backend[] {
  return containers.map((container) => ({ url: `http://${container}:${port}`, weight: 1 }));
}

function servingSpec(
  { app, keepData, jobs }: RouteArgs,
  { server, first }: Serving,
  containers: readonly string[],
): HostSpec {
  const volume = dataVolume(app);
  const serving: HostSpec = {
    ...EMPTY_SPEC,
    // Checked again: the route is reapplied to a host that has drifted without the step that waits.
    needs: containers.map((container) => ({
      claim: `${container} is healthy`,
      command: `test "$(docker inspect -f '{{.State.Health.Status}}' '${container}')" = healthy`,
    })),
    serves: containers.map((container) => ({ app, container })),
    notes: keepData
      ? [
          `the data of ${app} stays on ${server.name} in the Docker volume ${volume}; to delete it for good: docker volume rm ${volume}`,
        ]
      : [],
  };
  return first ? mergeSpecs(serving, jobsSpec(app, jobs)) : serving;
}
