import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { hardened, ownerLabel } from "../docker";
import { goDuration } from "../../lib/go-duration";
import { AppServer } from "./server-with-image";
import { djangoEnvironment, DjangoSettings, SECRETS } from "./environment";
import { AppFiles, secretsDigest, secretsDirectory, USER } from "./secret-files";

/** Seconds that a container is given beyond the graceful timeout of its Gunicorn. */
const STOP_SECONDS = 5;

/** What the containers of an application have in common on every server. */
export interface WebSettings extends Omit<DjangoSettings, "postgres" | "secretNames"> {
  /** Name of the application on the servers. */
  readonly app: string;
  readonly hosts: readonly string[];
  /** Names of the admin. */
  readonly adminHosts: readonly string[];
  /** Runs in the container, which is healthy when this exits with 0. */
  readonly healthCommand: readonly string[];
  /** Time to become healthy, seconds. */
  readonly startSeconds: number;
  /** Megabytes. */
  readonly memoryMb: number;
  /** Most processes and threads of the application on its server. */
  readonly processes: number;
  readonly secrets: AppFiles;
}

/** The container of the application that runs its release commands, without them. */
export function taskContainer(settings: WebSettings, server: AppServer, data: docker.Volume) {
  return { ...common(settings, server, data), labels: labels(settings, server, "release") };
}

/** A container that serves the application. */
export function webContainer(
  name: string,
  settings: WebSettings,
  server: AppServer,
  data: docker.Volume,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(
    name,
    {
      ...common(settings, server, data),
      labels: labels(settings, server, "web"),
      healthcheck: {
        tests: ["CMD", ...settings.healthCommand],
        // Each check starts a Python, which costs a Raspberry Pi about a second of one core, and runs for ever.
        interval: "10s",
        timeout: "15s",
        retries: 3,
        startPeriod: goDuration(settings.startSeconds),
      },
      restart: "unless-stopped",
      // Unset, the provider kills a container at once, and the value in the old state is the one that counts.
      destroyGraceSeconds: settings.gracefulSeconds + STOP_SECONDS,
    },
    // The new one is healthy before the old one is deleted: no fixed name, no host port, and the provider's order overridden.
    {
      ...opts,
      provider: server.engine,
      deleteBeforeReplace: false,
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
}

function common(settings: WebSettings, server: AppServer, data: docker.Volume) {
  const hosts = [...settings.hosts, ...settings.adminHosts];
  const { database, own } = settings.secrets;
  const variables = { ...settings, postgres: database !== undefined, secretNames: Object.keys(own) };
  return {
    image: server.image,
    ...hardened(`${USER}:${USER}`, settings.memoryMb, settings.processes),
    envs: server.trustedProxies.apply((proxies) => djangoEnvironment(variables, hosts, proxies)),
    tmpfs: { "/tmp": "" },
    networksAdvanced: [{ name: server.network }],
    ...(server.extraHosts.length === 0 ? {} : { hosts: server.extraHosts.map((one) => ({ ...one })) }),
    volumes: [
      { volumeName: data.name, containerPath: "/data" },
      { hostPath: secretsDirectory(settings.app), containerPath: SECRETS, readOnly: true },
    ],
  };
}

// By the digest a rotated secret makes a new container.
function labels(
  { app, secrets }: WebSettings,
  { access }: AppServer,
  role: string,
): { label: string; value: pulumi.Input<string> }[] {
  return [
    ownerLabel(access.owner),
    { label: "homeport.app", value: app },
    { label: "homeport.role", value: role },
    { label: "homeport.secrets", value: secretsDigest(secrets) },
  ];
}
