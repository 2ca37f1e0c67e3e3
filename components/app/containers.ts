import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { hardened, ownerLabel, RESTART, settingsLabel, withRepair } from "../docker";
import { madeBy, repairOf, Thing } from "../machine";
import { goDuration } from "../../lib/go-duration";
import { adapterDigest, adapterDirectory } from "./adapter-files";
import { ADAPTER, LAUNCH } from "../../lib/adapter-paths";
import { SECRETS, SECRETS_GROUP } from "./contract";
import { djangoEnvironment, DjangoSettings } from "./environment";
import { ImageFacts } from "./image-facts";
import { AppFiles, secretsDigest, secretsDirectory } from "./secret-files";
import { AppServer } from "./server-with-image";
import { keptDirectories } from "./volumes";
import { variableFiles, VariableSettings } from "./variables";

/** Seconds that a container is given beyond the time for its open requests. */
const STOP_SECONDS = 5;

/** Seconds for open requests where the settings give none: just below Gunicorn's own 30, which begin at the same time. */
const GRACEFUL_SECONDS = 25;

/** Where gunicorn, uvicorn and this program's example listen unless told otherwise. */
export const DEFAULT_PORT = 8000;

/** Shell text, or the words of a command. */
export type Command = string | readonly string[];

/** A process of the application beside the one that serves: a worker, a scheduler. */
export interface ProcessSettings {
  readonly command: Command;
  /** How many there are, on all servers together; undefined: one on each. 1: never two at a time, not even during a deploy. */
  readonly instances?: number | undefined;
  /** Megabytes; undefined: as the application's. */
  readonly memoryMb?: number | undefined;
}

/** What the containers of an application have in common on every server. */
export interface ContainerSettings
  extends
    Omit<DjangoSettings, "postgres" | "secretNames" | "secretPaths" | "port">,
    Omit<VariableSettings, "environment"> {
  readonly hosts: readonly string[];
  /** The port that the container listens on; undefined: the image says. */
  readonly port?: number | undefined;
  /** Instead of the image's CMD. */
  readonly command?: Command | undefined;
  /** Whether the containers' file system, but for volumes and /tmp, is read-only. */
  readonly readOnly: boolean;
  /** Capabilities that the image needs, such as CHOWN. */
  readonly capabilities: readonly string[];
  readonly health: { readonly command?: readonly string[] | undefined; readonly seconds: number };
  /** Whether release commands go through the image's ENTRYPOINT. */
  readonly releaseEntrypoint: boolean;
  /** Megabytes. */
  readonly memoryMb: number;
  /** Most processes and threads of the application on its server. */
  readonly maxProcesses: number;
  readonly secrets: AppFiles;
  /** A further network, of the application and its services. */
  readonly servicesNetwork: pulumi.Input<string> | undefined;
}

/** What a container is for. */
export type Role = "web" | "release" | "process";

/** The port that the application listens on. */
export function portOf({ port }: Pick<ContainerSettings, "port">, facts: Pick<ImageFacts, "port">): number {
  return port ?? facts.port ?? DEFAULT_PORT;
}

/** The container of the application that runs its release commands; `commands`: shell text. */
export function taskContainer(
  name: string,
  settings: ContainerSettings,
  server: AppServer,
  commands: string,
  parent: pulumi.Resource,
) {
  const words = server.facts.apply((facts) => [
    ...(settings.releaseEntrypoint ? facts.entrypoint : []),
    ...["sh", "-ec", commands],
  ]);
  const shared = common(name, settings, server, "release", { memory: settings.memoryMb, parent });
  return { ...shared, command: words, healthcheck: { tests: ["NONE"] } };
}

/** A container that serves the application. */
export function webContainer(
  name: string,
  settings: ContainerSettings,
  server: AppServer,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const { health, command } = settings;
  return started(
    name,
    settings,
    {
      ...common(name, settings, server, "web", { memory: settings.memoryMb, parent: opts.parent }),
      command: server.facts.apply((facts) => [...facts.entrypoint, ...wordsOf(command, facts.command)]),
      // The gate and the proxy ask over HTTP: a process that Docker starts in the container for each check is most of what an idle site costs a Raspberry Pi.
      healthcheck:
        health.command === undefined
          ? { tests: ["NONE"] }
          : {
              tests: ["CMD", ...health.command],
              interval: "10s",
              timeout: "15s",
              retries: 3,
              startPeriod: goDuration(health.seconds),
            },
    },
    { ...opts, provider: server.engine, deleteBeforeReplace: false },
  );
}

/** A container of another process of the application. */
export function processContainer(
  name: string,
  settings: ContainerSettings,
  server: AppServer,
  process: ProcessSettings & { readonly name: string },
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const memory = process.memoryMb ?? settings.memoryMb;
  return started(
    name,
    settings,
    {
      ...common(name, settings, server, "process", { process: process.name, memory, parent: opts.parent }),
      command: server.facts.apply((facts) => [...facts.entrypoint, ...wordsOf(process.command, [])]),
      healthcheck: { tests: ["NONE"] },
    },
    // What must not run twice ends before its successor starts.
    { ...opts, provider: server.engine, deleteBeforeReplace: process.instances === 1 },
  );
}

function started(
  name: string,
  { gracefulSeconds }: ContainerSettings,
  args: docker.ContainerArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(
    name,
    {
      ...args,
      restart: RESTART,
      // Unset, the provider kills a container at once, and the value in the old state is the one that counts.
      destroyGraceSeconds: (gracefulSeconds ?? GRACEFUL_SECONDS) + STOP_SECONDS,
    },
    // A new one stands beside the old one: no fixed name, no host port, and the provider's order overridden.
    { ...opts, replaceOnChanges: ["healthcheck", "tmpfs"] },
  );
}

function common(
  name: string,
  settings: ContainerSettings,
  server: AppServer,
  role: Role,
  { process, memory, parent }: { process?: string; memory: number; parent: pulumi.Resource | undefined },
) {
  const { app, hosts, adminHosts, secrets, maxProcesses, readOnly, capabilities, volumes } = settings;
  const { facts } = server;
  const names = variableSettings(settings);
  const networks = [server.network, ...(settings.servicesNetwork === undefined ? [] : [settings.servicesNetwork])];
  // The release prepares what is in the volumes.
  const concerns = role === "release" ? (thing: Thing) => thing.kind === "volume" : madeBy("container", name);
  const repair = repairOf(name, { host: server.access, of: concerns }, parent);
  const variables = {
    ...settings,
    postgres: secrets.database !== undefined,
    secretNames: Object.keys(secrets.own),
    secretPaths: Object.fromEntries(
      variableFiles(settings.variables).map(({ variable, file }) => [variable, `${SECRETS}/${file}`]),
    ),
  };
  return {
    image: server.image,
    ...hardened(
      facts.apply(({ user }) => user),
      memory,
      maxProcesses,
    ),
    readOnly,
    capabilities: { drops: ["ALL"], ...(capabilities.length === 0 ? {} : { adds: [...capabilities] }) },
    groupAdds: [SECRETS_GROUP],
    entrypoints: [LAUNCH],
    envs: pulumi
      .all([server.trustedProxies, facts])
      .apply(([proxies, image]) =>
        djangoEnvironment({ ...variables, port: portOf(settings, image) }, [...hosts, ...adminHosts], proxies),
      ),
    tmpfs: { "/tmp": "" },
    networksAdvanced: networks.map((network) => ({ name: network })),
    ...(server.extraHosts.length === 0 ? {} : { hosts: server.extraHosts.map((one) => ({ ...one })) }),
    volumes: facts.apply((image) => [
      ...keptDirectories(app, volumes, image.volumes).map(({ volume, path }) => ({
        volumeName: volume,
        containerPath: path,
      })),
      { hostPath: secretsDirectory(app), containerPath: SECRETS, readOnly: true },
      { hostPath: adapterDirectory(app), containerPath: ADAPTER, readOnly: true },
    ]),
    labels: withRepair(
      [
        ownerLabel(server.access.owner),
        ...(role === "release" ? [] : [settingsLabel(server.image, memory, networks)]),
        { label: "homeport.app", value: app },
        { label: "homeport.role", value: role },
        ...(process === undefined ? [] : [{ label: "homeport.process", value: process }]),
        // By the digests a rotated secret and a new adapter make a new container.
        { label: "homeport.secrets", value: secretsDigest(secrets, names) },
        { label: "homeport.adapter", value: adapterDigest() },
      ],
      repair,
    ),
  };
}

/** What decides the names of an application's variables. */
export function variableSettings({
  variables,
  environment,
}: Pick<ContainerSettings, "variables" | "environment">): VariableSettings {
  return { variables, environment: Object.keys(environment) };
}

function wordsOf(command: Command | undefined, otherwise: readonly string[]): string[] {
  if (command === undefined) return [...otherwise];
  // `exec`: a program that stands alone is to get the stop signal itself.
  return typeof command === "string"
    ? ["sh", "-c", /[;&|\n]/.test(command) ? command : `exec ${command}`]
    : [...command];
}
