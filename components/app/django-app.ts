import { createHmac } from "node:crypto";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { hardened, ownerLabel } from "../container";
import { djangoEnvironment, DjangoSettings } from "./environment";
import { goDuration } from "../go-duration";
import { bundleCommand } from "../host/bundle-command";
import { bundleHeader, HostAccess } from "../host/host-access";
import { EMPTY_SPEC, HostSpec } from "../host/host-spec";
import { release } from "./release";
import { route } from "./route";

/** The uid of the application in its image and on the host; no account there has it. */
const USER = "10001";

/** Seconds that a container is given beyond the graceful timeout of its Gunicorn. */
const STOP_SECONDS = 5;

export interface DjangoAppArgs extends DjangoSettings {
  /** Name of the application on the server, unique there. */
  readonly app: string;
  readonly host: HostAccess;
  readonly provider: docker.Provider;
  /** Reference of the image on the server. */
  readonly image: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  /** Network of the proxy; forwarded headers are believed from there only. */
  readonly trustedProxies: pulumi.Input<string>;
  readonly hosts: readonly string[];
  /** Names under which the admin is reached at home. */
  readonly adminHosts: readonly string[];
  /** Address of the edge, where the names have to point. */
  readonly edge: string;
  /** Shell commands that run once, before new code serves. */
  readonly release: readonly string[];
  /** Run in the container; it is healthy when this ends with 0. */
  readonly healthCommand: readonly string[];
  /** Time to become healthy, seconds. */
  readonly startSeconds: number;
  /** Megabytes. */
  readonly memoryMb: number;
  /** Most processes and threads of the application on its server. */
  readonly processes: number;
  /** Whether the volume with the data outlives the application. */
  readonly keepData: boolean;
  readonly djangoKey: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;
}

/** The Django site: released once, served by Gunicorn, then named in the proxy's route, and only then is the old container deleted. */
export class DjangoApp extends pulumi.ComponentResource {
  /** Name of the container that serves. */
  public readonly container: pulumi.Output<string>;

  public constructor(name: string, args: DjangoAppArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:DjangoApp", name, {}, opts);
    const secrets = bundleCommand(
      `${name}-secrets`,
      {
        host: args.host.address,
        header: bundleHeader(args.host, `${args.app}-secrets`),
        spec: secretFiles(args),
        secret: true,
      },
      { parent: this },
    );
    const data = new docker.Volume(
      `${name}-data`,
      { name: dataVolume(args.app) },
      { parent: this, provider: args.provider, retainOnDelete: args.keepData },
    );
    const common = commonArgs(args, data);
    const released = release(
      `${name}-release`,
      {
        app: args.app,
        host: args.host,
        commands: args.release,
        container: { ...common, labels: appLabels(args, "release") },
      },
      { parent: this, provider: args.provider, dependsOn: secrets },
    );
    const web = serve(name, this, args, common, released);
    const { app, hosts, adminHosts, host, edge, port } = args;
    route(
      name,
      { app, hosts, adminHosts, host, edge, container: web.name, port, notes: farewell(args) },
      { parent: this, dependsOn: web },
    );
    this.container = web.name;
    this.registerOutputs({ container: this.container });
  }
}

/** Name of the volume that keeps the data of an application on its server. */
export function dataVolume(app: string): string {
  return `${app}-data`;
}

// What a person is told when the application is removed.
function farewell({ app, keepData, host }: DjangoAppArgs): string[] {
  if (!keepData) return [];
  const volume = dataVolume(app);
  return [
    `the data of ${app} stays on ${host.address.name} in the Docker volume ${volume}; to delete it for good: docker volume rm ${volume}`,
  ];
}

function secretsDirectory(app: string): string {
  return `/etc/homeport/apps/${app}`;
}

function secretFiles(args: DjangoAppArgs): pulumi.Output<HostSpec> {
  const directory = secretsDirectory(args.app);
  const file = (name: string, text: string) => ({
    path: `${directory}/${name}`,
    text,
    mode: "0400",
    owner: `${USER}:${USER}`,
  });
  return pulumi.all([args.djangoKey, args.adminPassword]).apply(([key, password]) => ({
    ...EMPTY_SPEC,
    directories: [{ path: directory, mode: "0500", owner: `${USER}:${USER}` }],
    files: [file("django_secret_key", key), file("django_admin_password", password)],
  }));
}

// What the release task and the server have in common.
function commonArgs(args: DjangoAppArgs, data: docker.Volume) {
  const hosts = [...args.hosts, ...args.adminHosts];
  return {
    image: args.image,
    ...hardened(`${USER}:${USER}`, args.memoryMb, args.processes),
    envs: pulumi.output(args.trustedProxies).apply((proxies) => djangoEnvironment(args, hosts, proxies)),
    tmpfs: { "/tmp": "" },
    networksAdvanced: [{ name: args.network }],
    volumes: [
      { volumeName: data.name, containerPath: "/data" },
      { hostPath: secretsDirectory(args.app), containerPath: "/run/secrets", readOnly: true },
    ],
  };
}

function serve(
  name: string,
  parent: DjangoApp,
  args: DjangoAppArgs,
  common: ReturnType<typeof commonArgs>,
  released: pulumi.Resource,
): docker.Container {
  return new docker.Container(
    `${name}-web`,
    {
      ...common,
      labels: appLabels(args, "web"),
      healthcheck: {
        tests: ["CMD", ...args.healthCommand],
        // Each check starts a Python, which costs a Raspberry Pi about a second of one core.
        interval: "10s",
        timeout: "15s",
        retries: 3,
        startPeriod: goDuration(args.startSeconds),
      },
      wait: true,
      waitTimeout: args.startSeconds,
      restart: "unless-stopped",
      // Unset, the provider kills a container at once, and the value in the old state is the one that counts.
      destroyGraceSeconds: args.gracefulSeconds + STOP_SECONDS,
    },
    // The new one is healthy before the old one goes: no fixed name, no host port, and the provider's own order overridden.
    {
      parent,
      provider: args.provider,
      dependsOn: released,
      deleteBeforeReplace: false,
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
}

// The digest makes a rotated secret a new container; it is keyed by the secret itself, so that nothing can be looked up.
function appLabels(args: DjangoAppArgs, role: string): { label: string; value: pulumi.Input<string> }[] {
  const digest = pulumi
    .all([args.djangoKey, args.adminPassword])
    .apply(([key, password]) => createHmac("sha256", key).update(password).digest("hex").slice(0, 16));
  return [
    ownerLabel(args.host.owner),
    { label: "homeport.app", value: args.app },
    { label: "homeport.role", value: role },
    { label: "homeport.secrets", value: pulumi.unsecret(digest) },
  ];
}
