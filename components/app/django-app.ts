import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { bundleCommand } from "../machine";
import { Ingress } from "./place";
import { AppServer, dataVolume } from "./server-with-image";
import { Job } from "./scheduled-jobs";
import { readiness } from "./readiness";
import { release } from "./release-commands";
import { IngressRouteArgs, ingressRoute, innerRoute } from "./route";
import { secretFiles } from "./secret-files";
import { taskContainer, webContainer, WebSettings } from "./web-container";

export interface DjangoAppArgs
  extends Omit<WebSettings, "adminHosts">, Pick<IngressRouteArgs, "adminPath" | "uploadMaxMb" | "compress"> {
  /** Where it runs; the first also runs the release commands and the jobs. */
  readonly servers: readonly [AppServer, ...AppServer[]];
  readonly ingress: Ingress;
  /** Address of the edge, to which the names have to point. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead. */
  readonly proxied: boolean;
  /** Shell commands that run once before new code serves. */
  readonly release: readonly string[];
  /** Scheduled commands on the first server. */
  readonly jobs: readonly Job[];
  /** Whether the volumes with the data outlive the application. */
  readonly keepData: boolean;
}

/**
 * The Django site. A deploy runs the release commands once, starts new containers on every server, switches the routes to them, then deletes the old
 * ones. No route switches before every new container is healthy, so where a server fails, the version before serves everywhere.
 */
export class DjangoApp extends pulumi.ComponentResource {
  public constructor(name: string, args: DjangoAppArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:DjangoApp", name, {}, opts);
    const [first, ...others] = args.servers;
    const settings = { ...args, adminHosts: args.ingress.adminHosts };
    const begin = prepare(name, this, args, first);
    const parts = [begin, ...others.map((server) => prepare(`${name}-${server.name}`, this, args, server))];
    const released = release(
      `${name}-release`,
      {
        app: args.app,
        host: first.access,
        commands: args.release,
        container: taskContainer(settings, first, begin.data),
      },
      { parent: this, provider: first.engine, dependsOn: begin.secrets },
    );
    const serving = parts.map((part) => ({
      ...part,
      webs: serve(part, this, settings, released),
      first: part === begin,
    }));
    const ready = serving
      .filter(({ webs }) => webs.length > 0)
      .map((part) => readiness(`${part.name}-ready`, { ...args, ...part, host: part.server.access }, { parent: this }));
    const routes = serving
      .filter(({ server }) => server.name !== args.ingress.server)
      .map((part) => innerRoute(part.name, { ...args, ...part }, { parent: this, dependsOn: ready }));
    ingressRoute(name, { ...args, serving }, { parent: this, dependsOn: [...ready, ...routes] });
    this.registerOutputs();
  }
}

/** The application's place on a server, before its containers. */
interface Place {
  /** Prefix of its resource names. */
  readonly name: string;
  readonly server: AppServer;
  readonly secrets: pulumi.Resource;
  readonly data: docker.Volume;
}

function prepare(name: string, parent: DjangoApp, { app, secrets, keepData }: DjangoAppArgs, server: AppServer): Place {
  return {
    name,
    server,
    secrets: bundleCommand(
      `${name}-secrets`,
      {
        host: server.access,
        bundle: `${app}-secrets`,
        spec: secretFiles(app, secrets),
        secret: true,
      },
      { parent },
    ),
    data: new docker.Volume(
      `${name}-data`,
      { name: dataVolume(app) },
      { parent, provider: server.engine, retainOnDelete: keepData },
    ),
  };
}

function serve(
  { name, server, secrets, data }: Place,
  parent: DjangoApp,
  settings: WebSettings,
  released: pulumi.Resource,
): docker.Container[] {
  return Array.from({ length: server.replicas }, (_, index) =>
    webContainer(index === 0 ? `${name}-web` : `${name}-web-${index + 1}`, settings, server, data, {
      parent,
      dependsOn: [released, secrets],
    }),
  );
}
