import * as pulumi from "@pulumi/pulumi";

import { certificateLeftovers, certificateNames, ROUTES } from "../certificate-watch";
import { bundleCommand } from "../host/bundle-command";
import { bundleHeader, HostAccess } from "../host/host-access";
import { EMPTY_SPEC } from "../host/host-spec";
import { renderRoute } from "../render/traefik";

export interface RouteArgs {
  /** Name of the application on the server, unique there. */
  readonly app: string;
  readonly host: HostAccess;
  /** The first serves; the others send there. */
  readonly hosts: readonly string[];
  /** Names under which the admin is reached at home. */
  readonly adminHosts: readonly string[];
  /** Address of the edge, where the names have to point. */
  readonly edge: string;
  /** Name of the container that is to serve. */
  readonly container: pulumi.Input<string>;
  /** Its port. */
  readonly port: number;
  /** Said when the application is removed. */
  readonly notes: readonly string[];
}

/** Names the container in the proxy's route, once it is healthy, and the site's names to what gets their certificates. */
export function route(name: string, args: RouteArgs, opts: pulumi.ResourceOptions): void {
  const { app, hosts, adminHosts, edge, port, notes } = args;
  bundleCommand(
    `${name}-route`,
    {
      host: args.host.address,
      header: bundleHeader(args.host, `${app}-route`),
      spec: pulumi.output(args.container).apply((container) => ({
        ...EMPTY_SPEC,
        // Created is not healthy: a container that failed to become so may be in the state, and is then not waited for again.
        needs: [
          {
            claim: `${container} is healthy`,
            command: `test "$(docker inspect -f '{{.State.Health.Status}}' '${container}')" = healthy`,
          },
        ],
        serves: [{ app, container }],
        notes,
        files: [
          {
            path: `${ROUTES}/${app}.yaml`,
            text: renderRoute({ app, hosts, adminHosts, backends: [`${container}:${port}`] }),
          },
          certificateNames({ app, hosts, edge }),
        ],
        leftovers: certificateLeftovers(app),
      })),
      secret: false,
    },
    opts,
  );
}
