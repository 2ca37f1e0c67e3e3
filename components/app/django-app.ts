import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { bundleCommand, HostSpec } from "../machine";
import { adapterSpec } from "./adapter-files";
import {
  ContainerSettings,
  portOf,
  ProcessSettings,
  processContainer,
  taskContainer,
  variableSettings,
  webContainer,
} from "./containers";
import { AdapterReport, gate, Gate, HealthSettings } from "./gate";
import { Ingress } from "./place";
import { instancesOn } from "./processes";
import { Release, release, releaseScript } from "./release-commands";
import { IngressRouteArgs, ingressRoute, innerRoute } from "./route";
import { Job } from "./scheduled-jobs";
import { secretFiles } from "./secret-files";
import { AppServer } from "./server-with-image";
import { visit } from "./visit";
import { keptDirectories, volumes } from "./volumes";

export interface DjangoAppArgs
  extends
    Omit<ContainerSettings, "adminHosts" | "health">,
    Pick<IngressRouteArgs, "adminPath" | "uploadMaxMb" | "compress"> {
  /** Where it runs; the first also runs the release commands and the jobs. */
  readonly servers: readonly [AppServer, ...AppServer[]];
  readonly ingress: Ingress;
  /** What its services have in the first server's Docker. */
  readonly beside: pulumi.Input<HostSpec["things"]>;
  /** Address of the edge, to which the names have to point. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead. */
  readonly proxied: boolean;
  readonly health: HealthSettings;
  readonly release: Release;
  /** For all release commands together, seconds. */
  readonly releaseSeconds: number;
  /** Workers, schedulers, by name. */
  readonly processes: Readonly<Record<string, ProcessSettings>>;
  /** Scheduled commands on the first server. */
  readonly jobs: readonly Job[];
  /** Whether the volumes with the data outlive the application. */
  readonly keepData: boolean;
}

/**
 * The Django site. A deploy runs the release commands once, starts new containers on every server, switches the routes to them, then deletes the old
 * ones. No route switches before every new container answers well, so where a server fails, the version before serves everywhere.
 */
export class DjangoApp extends pulumi.ComponentResource {
  /** What the adapter found in the application, and set over. */
  public readonly report: pulumi.Output<AdapterReport>;

  public constructor(name: string, args: DjangoAppArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:DjangoApp", name, {}, opts);
    const [first, ...others] = args.servers;
    const settings = { ...args, adminHosts: args.ingress.adminHosts };
    const begin = prepare(name, this, settings, first);
    const parts = [begin, ...others.map((server) => prepare(`${name}-${server.name}`, this, settings, server))];
    const released = release(
      `${name}-release`,
      {
        app: args.app,
        host: first.access,
        release: args.release,
        seconds: args.releaseSeconds,
        container: taskContainer(`${name}-release`, settings, first, releaseScript(args.release), this),
      },
      { parent: this, provider: first.engine, dependsOn: [...begin.ready] },
    );
    const serving = parts.map((part, index) => {
      const opts = { parent: this, dependsOn: [released, ...part.ready] };
      const { server } = part;
      return {
        ...part,
        port: server.facts.apply((facts) => portOf(settings, facts)),
        webs: webs(part.name, settings, server, opts),
        processes: processes(part.name, settings, { server, index, servers: parts.length }, opts),
        things: pulumi.all([server.facts, part === begin ? args.beside : []]).apply(([facts, beside]) => [
          ...keptDirectories(args.app, args.volumes, facts.volumes).map(({ volume }) => ({
            kind: "volume" as const,
            name: volume,
          })),
          ...beside,
        ]),
        first: part === begin,
      };
    });
    const gates = serving
      .filter((part) => part.webs.length + part.processes.length > 0)
      .map((part): Gate =>
        gate(
          `${part.name}-gate`,
          {
            ...part,
            ...{
              app: args.app,
              host: part.server.access,
              network: part.server.network,
              name: args.hosts[0] ?? "",
              health: args.health,
            },
          },
          { parent: this },
        ),
      );
    const passed = gates.map((one) => one.passed);
    this.report = pulumi.all(gates.map((one) => one.report)).apply(([report]) => report ?? EMPTY_REPORT);
    const common = { ...settings, report: this.report };
    const routes = serving
      .filter(({ server }) => server.name !== args.ingress.server)
      .map((part) => innerRoute(part.name, { ...common, ...part }, { parent: this, dependsOn: passed }));
    const route = ingressRoute(name, { ...common, serving }, { parent: this, dependsOn: [...passed, ...routes] });
    // Through Cloudflare's proxy the edge answers Cloudflare alone.
    if (!args.proxied)
      visit(
        `${name}-visit`,
        {
          ...{ edge: args.edge, name: args.hosts[0] ?? "", health: args.health, closed: args.adminPath },
          report: this.report,
          mark: route.mark,
          containers: pulumi.all(serving.flatMap((part) => part.webs.map((one) => one.name))),
        },
        { parent: this, dependsOn: route.applied },
      );
    this.registerOutputs({ report: this.report });
  }
}

const EMPTY_REPORT: AdapterReport = {
  answered: 200,
  django: "",
  set: [],
  admins: [],
  notes: [],
  checks: [],
  login: null,
};

/** The application's place on a server, before its containers. */
interface Place {
  /** Prefix of its resource names. */
  readonly name: string;
  readonly server: AppServer;
  /** Secrets, adapter and volumes. */
  readonly ready: readonly pulumi.Resource[];
}

function prepare(
  name: string,
  parent: DjangoApp,
  settings: ContainerSettings & DjangoAppArgs,
  server: AppServer,
): Place {
  const { app, secrets, keepData } = settings;
  const { access: host, image, facts } = server;
  return {
    name,
    server,
    ready: [
      bundleCommand(
        `${name}-secrets`,
        { host, bundle: `${app}-secrets`, spec: secretFiles(app, secrets, variableSettings(settings)), secret: true },
        { parent },
      ),
      bundleCommand(
        `${name}-adapter`,
        { host, bundle: `${app}-adapter`, spec: adapterSpec(app), secret: false },
        { parent },
      ),
      volumes(`${name}-volumes`, { app, host, image, facts, configured: settings.volumes, keepData }, { parent }),
    ],
  };
}

function webs(
  name: string,
  settings: ContainerSettings,
  server: AppServer,
  opts: pulumi.CustomResourceOptions,
): docker.Container[] {
  return Array.from({ length: server.replicas }, (_, index) =>
    webContainer(index === 0 ? `${name}-web` : `${name}-web-${index + 1}`, settings, server, opts),
  );
}

function processes(
  name: string,
  settings: ContainerSettings & Pick<DjangoAppArgs, "processes">,
  { server, index, servers }: { readonly server: AppServer; readonly index: number; readonly servers: number },
  opts: pulumi.CustomResourceOptions,
): docker.Container[] {
  return Object.entries(settings.processes).flatMap(([process, one]) =>
    Array.from({ length: instancesOn(index, servers, one.instances) }, (_, copy) =>
      processContainer(
        `${name}-${process}${copy === 0 ? "" : `-${copy + 1}`}`,
        settings,
        server,
        { ...one, name: process },
        opts,
      ),
    ),
  );
}
