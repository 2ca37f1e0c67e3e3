import { createHmac } from "node:crypto";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { GRACE_SECONDS, hardened, ownerLabel } from "./container";
import { UserError } from "./errors";
import { goDuration } from "./go-duration";
import { bundleCommand } from "./host/bundle-command";
import { HostAccess } from "./host/host-access";
import { EMPTY_SPEC, HostSpec } from "./host/host-spec";
import { route } from "./route";

/** The uid of the application in its image and on the host; no account there has it. */
const USER = "10001";
const PORT = 8000;

/** Megabytes; three emulated or real workers of Django use about 150. */
const MEMORY_MB = 512;

export interface DjangoAppArgs {
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
  readonly adminUser: string;
  readonly workers: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Shell commands that run once, before new code serves. */
  readonly release: readonly string[];
  /** Time to become healthy, seconds. */
  readonly startSeconds: number;
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
        header: args.host.header(`${args.app}-secrets`),
        spec: secretFiles(args),
        secret: true,
      },
      { parent: this },
    );
    const data = new docker.Volume(
      `${name}-data`,
      { name: `${args.app}-data` },
      { parent: this, provider: args.provider, retainOnDelete: true },
    );
    const run = runArgs(args, data);
    const release = releaseOnce(name, this, args, run, [secrets]);
    const web = serve(name, this, args, run, release);
    const { app, hosts, adminHosts, host } = args;
    route(name, { app, hosts, adminHosts, host, container: web.name, port: PORT }, { parent: this, dependsOn: web });
    this.container = web.name;
    this.registerOutputs({ container: this.container });
  }
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
function runArgs(args: DjangoAppArgs, data: docker.Volume) {
  const variables = {
    DJANGO_ALLOWED_HOSTS: [...args.hosts, ...args.adminHosts].join(","),
    DJANGO_ADMIN_USER: args.adminUser,
    GUNICORN_WORKERS: String(args.workers),
    ...args.environment,
  };
  const environment = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  return {
    image: args.image,
    ...hardened(`${USER}:${USER}`, MEMORY_MB),
    envs: pulumi.output(args.trustedProxies).apply((subnet) => [...environment, `TRUSTED_PROXIES=${subnet}`].sort()),
    tmpfs: { "/tmp": "" },
    networksAdvanced: [{ name: args.network }],
    volumes: [
      { volumeName: data.name, containerPath: "/data" },
      { hostPath: secretsDirectory(args.app), containerPath: "/run/secrets", readOnly: true },
    ],
  };
}

/** Runs the release commands in a container of the new image; its exit code is the answer of `then`. */
function releaseOnce(
  name: string,
  parent: DjangoApp,
  args: DjangoAppArgs,
  run: ReturnType<typeof runArgs>,
  dependsOn: pulumi.Resource[],
): pulumi.Output<string> {
  const task = new docker.Container(
    `${name}-release`,
    {
      ...run,
      command: ["sh", "-ec", args.release.join("\n")],
      labels: appLabels(args, "release"),
      attach: true,
      logs: true,
      mustRun: false,
    },
    { parent, provider: args.provider, dependsOn, deleteBeforeReplace: false, replaceOnChanges: ["tmpfs"] },
  );
  return pulumi.all([task.exitCode, task.containerLogs]).apply(([code, logs]) => {
    if (code === 0) return "released";
    throw new UserError(
      `the release commands of ${args.app} ended with ${code}; the version before still serves. Their last lines:\n${logs.split("\n").slice(-15).join("\n")}`,
    );
  });
}

function serve(
  name: string,
  parent: DjangoApp,
  args: DjangoAppArgs,
  run: ReturnType<typeof runArgs>,
  released: pulumi.Output<string>,
): docker.Container {
  return new docker.Container(
    `${name}-web`,
    {
      ...run,
      labels: [...appLabels(args, "web"), { label: "homeport.release", value: released }],
      healthcheck: {
        tests: ["CMD", "python", "-m", "mysite.healthcheck"],
        // Each check starts a Python, which costs a Raspberry Pi about a second of one core.
        interval: "10s",
        timeout: "15s",
        retries: 3,
        startPeriod: goDuration(args.startSeconds),
      },
      wait: true,
      waitTimeout: args.startSeconds,
      restart: "unless-stopped",
      destroyGraceSeconds: GRACE_SECONDS,
    },
    // The new one is healthy before the old one goes: no fixed name, no host port, and the provider's own order overridden.
    { parent, provider: args.provider, deleteBeforeReplace: false, replaceOnChanges: ["healthcheck", "tmpfs"] },
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
