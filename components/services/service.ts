import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { imageFacts, keptDirectories, Values, volumes } from "../app";
import { hardened, imageTransfer, ownerLabel, RESTART, settingsLabel, withRepair } from "../docker";
import { bundleCommand, EMPTY_SPEC, HostAccess, HostSpec, madeBy, repairOf } from "../machine";
import { generatedPassword } from "../../lib/generated-password";
import { keyedDigest } from "../../lib/sha256";
import { REDIS_CONFIG, REDIS_PORT, renderRedisConfig } from "./redis";

/** Letters and digits: 32 of them are 190 bits, and need no quoting anywhere. */
const PASSWORD_LENGTH = 32;

/** Most processes and threads of a service. */
const PROCESSES = 256;

/** Time to stop, seconds: what is in memory is written first. */
const STOP_SECONDS = 30;

/** User and group of Redis: it needs no account of the image. The group may read the application's secrets, so it is another one. */
const REDIS_USER = "10002:10002";

/** A service beside the application, as the settings describe it. */
export interface ServiceSettings {
  /** Undefined: the default image of Redis. */
  readonly image?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly user?: string | undefined;
  /** Undefined: none that the application could be told of. */
  readonly port?: number | undefined;
  /** Paths inside the container that are kept. */
  readonly volumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Megabytes. */
  readonly memoryMb: number;
  readonly policy: string;
}

export interface ServiceArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  /** Name of the service in the settings, and its host name for the application. */
  readonly service: string;
  readonly settings: ServiceSettings;
  /** Whether it is Redis or Valkey, with our configuration. */
  readonly redis: boolean;
  /** Reference of the image. */
  readonly image: string;
  readonly host: HostAccess;
  readonly engine: docker.Provider;
  /** Network of the application and its services. */
  readonly network: pulumi.Output<string>;
  readonly keepData: boolean;
}

/** A service that the application alone can reach: a container with its volumes on a network of their own. */
export class Service extends pulumi.ComponentResource {
  /** Its address, as `services.NAME.PART`; secret. */
  public readonly values: pulumi.Output<Values>;
  /** What it has in the server's Docker. */
  public readonly things: pulumi.Output<HostSpec["things"]>;

  public constructor(name: string, args: ServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Service", name, {}, opts);
    const { service, redis, settings } = args;
    const password = redis
      ? pulumi.secret(generatedPassword(`${name}-password`, PASSWORD_LENGTH, undefined, this).result)
      : undefined;
    this.things = run(name, args, this, password);
    const port = redis ? REDIS_PORT : settings.port;
    this.values = pulumi.secret(pulumi.output(password)).apply((secret) => serviceValues(service, port, secret));
    this.registerOutputs();
  }
}

/** What an application can be told of a service. */
export function serviceValues(service: string, port: number | undefined, password: string | undefined): Values {
  const at = `services.${service}`;
  return {
    [`${at}.host`]: service,
    ...(port === undefined ? {} : { [`${at}.port`]: String(port) }),
    ...(password === undefined
      ? {}
      : { [`${at}.password`]: password, [`${at}.url`]: `redis://:${password}@${service}:${port ?? REDIS_PORT}/0` }),
  };
}

function run(
  name: string,
  args: ServiceArgs,
  parent: Service,
  password: pulumi.Output<string> | undefined,
): pulumi.Output<HostSpec["things"]> {
  const { app, service, settings, redis, host, engine, network, keepData } = args;
  const place = `${app}-${service}`;
  const transfer = imageTransfer(`${name}-transfer`, { host, reference: args.image, pull: true }, { parent });
  const image = pulumi.output(args.image);
  const user = settings.user ?? (redis ? REDIS_USER : undefined);
  const facts = imageFacts(`${name}-facts`, { host, image, user }, { parent, dependsOn: transfer });
  const kept = redis ? ["/data"] : settings.volumes;
  const ready = volumes(`${name}-volumes`, { app: place, host, image, facts, configured: kept, keepData }, { parent });
  const config =
    password === undefined
      ? undefined
      : bundleCommand(
          `${name}-config`,
          {
            host,
            bundle: place,
            spec: pulumi.all([password, facts]).apply(([secret, { user: owner }]) => ({
              ...EMPTY_SPEC,
              files: [{ path: configFile(place), text: renderRedisConfig(settings, secret), mode: "0400", owner }],
            })),
            secret: true,
          },
          { parent },
        );
  const digest = password?.apply((secret) => keyedDigest(secret, renderRedisConfig(settings, secret)));
  new docker.Container(
    name,
    {
      image,
      ...hardened(
        facts.apply((one) => one.user),
        settings.memoryMb,
        PROCESSES,
      ),
      ...(settings.command === undefined && !redis
        ? {}
        : { command: [...(settings.command ?? ["redis-server", REDIS_CONFIG])] }),
      // Redis's image would change owners as root; it is started as its user.
      ...(redis ? { entrypoints: [] } : {}),
      envs: Object.entries(settings.environment).map(([key, value]) => `${key}=${value}`),
      tmpfs: { "/tmp": "" },
      networksAdvanced: [{ name: network, aliases: [service] }],
      volumes: facts.apply(({ volumes: declared }) => [
        ...keptDirectories(place, kept, declared).map(({ volume, path }) => ({
          volumeName: volume,
          containerPath: path,
        })),
        ...(config === undefined ? [] : [{ hostPath: configFile(place), containerPath: REDIS_CONFIG, readOnly: true }]),
      ]),
      labels: withRepair(
        [
          ownerLabel(host.owner),
          settingsLabel(image, settings.memoryMb, [network]),
          { label: "homeport.app", value: app },
          { label: "homeport.role", value: "service" },
          { label: "homeport.process", value: service },
          ...(digest === undefined ? [] : [{ label: "homeport.secrets", value: pulumi.unsecret(digest) }]),
        ],
        repairOf(name, { host, of: madeBy("container", name) }, parent),
      ),
      ...(redis
        ? {
            healthcheck: {
              // Without the password it answers as well: that it wants one.
              tests: ["CMD-SHELL", "redis-cli ping 2>&1 | grep -q -e PONG -e NOAUTH"],
              interval: "30s",
              timeout: "5s",
              retries: 3,
              startPeriod: "1m0s",
            },
          }
        : { healthcheck: undefined }),
      restart: RESTART,
      destroyGraceSeconds: STOP_SECONDS,
    },
    {
      parent,
      provider: engine,
      dependsOn: config === undefined ? [ready] : [ready, config],
      // It owns its volume: the old one has to go first.
      deleteBeforeReplace: true,
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
  return facts.apply(({ volumes: declared }) => [
    ...keptDirectories(place, kept, declared).map(({ volume }) => ({ kind: "volume" as const, name: volume })),
    { kind: "container" as const, name },
  ]);
}

function configFile(place: string): string {
  return `/etc/homeport/services/${place}.conf`;
}
