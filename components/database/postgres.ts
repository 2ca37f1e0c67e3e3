import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { POSTGRES_PORT } from "../../plan";
import { SECRET_FILES, SECRETS } from "../app";
import { hardened, ownerLabel, RESTART, settingsLabel, withRepair } from "../docker";
import {
  bundleCommand,
  commandConnection,
  EMPTY_SPEC,
  HostAccess,
  HostFile,
  HostSpec,
  madeBy,
  repairOf,
  script,
} from "../machine";
import { InternalAuthority, IssuedCertificate } from "../proxy";
import { generatedPassword } from "../../lib/generated-password";
import { goDuration } from "../../lib/go-duration";
import { POSTGRES_PATHS, POSTGRES_ROLE, renderPostgresConf, renderPostgresHba } from "./postgres-config";
import { keyedDigest, sha256 } from "../../lib/sha256";

/** The database's host name for applications, in its certificate and in the containers' networks. */
export const POSTGRES_HOST = "postgres.internal";

/** uid and gid of "postgres" in Debian's images of PostgreSQL. */
const USER = "999:999";

/** Letters and digits: 32 of them are 190 bits, and need no quoting anywhere. */
const PASSWORD_LENGTH = 32;

/** Processes beside one a connection: PostgreSQL's own are ten, and your own commands some. */
const PROCESSES = 156;

/** Time to become healthy, seconds: a Raspberry Pi creates an empty database in half a minute, and replays a long log after a power failure. */
const START_SECONDS = 180;

/** Time to stop, seconds: PostgreSQL first writes its memory to a memory card. */
const STOP_SECONDS = 60;

export interface PostgresArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  /** The server that runs the database. */
  readonly host: HostAccess;
  readonly provider: docker.Provider;
  /** Reference of the image on the server. */
  readonly image: pulumi.Input<string>;
  /** Network of the application's containers on this server; there the database has the name `postgres.internal`. */
  readonly network: pulumi.Input<string>;
  readonly authority: InternalAuthority;
  /** Limit of the container, megabytes; the settings of PostgreSQL follow it. */
  readonly memoryMb: number;
  /** Most connections at a time. */
  readonly connections: number;
  /** Whether the volume with the database outlives it. */
  readonly keepData: boolean;
  /** Any text: changing it rotates the password. Default: it stays as it was generated. */
  readonly rotation?: string | undefined;
}

/**
 * PostgreSQL on a server, for one application: in a container with its own volume, reached by TLS and password only. Its port is published on the server
 * for the application's containers on other servers; the server's firewall decides who may connect. Whatever needs the database depends on this.
 */
export class Postgres extends pulumi.ComponentResource {
  /** `postgresql://...` as the application reads it, secret. */
  public readonly url: pulumi.Output<string>;
  /** PEM of the authority that signed the database's certificate. */
  public readonly ca: pulumi.Output<string>;

  public constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Postgres", name, {}, opts);
    const password = pulumi.secret(generatedPassword(`${name}-password`, PASSWORD_LENGTH, args.rotation, this).result);
    const issued = args.authority.issue(name, { dnsNames: [POSTGRES_HOST], uses: "server" });
    const files = publicFiles(args, issued.certificate);
    const applied = applyFiles(name, args, this, { password, issued, files });
    const container = run(name, args, this, files, applied);
    setRole(name, args, this, container, password);
    this.ca = args.authority.certificate;
    this.url = pulumi.secret(password.apply(databaseUrl));
    this.registerOutputs();
  }
}

/** Name of the volume with an application's database. */
export function databaseVolume(app: string): string {
  return `${app}-postgres`;
}

/** Name of the bundle on the server that runs an application's database. */
export function databaseBundle(app: string): string {
  return `${app}-postgres`;
}

/** The database's URL for libpq and Django; the authority's certificate is a file in the application's container. */
export function databaseUrl(password: string): string {
  const login = `${POSTGRES_ROLE}:${encodeURIComponent(password)}`;
  const options = `sslmode=verify-full&sslrootcert=${SECRETS}/${SECRET_FILES.databaseCa}`;
  return `postgresql://${login}@${POSTGRES_HOST}:${POSTGRES_PORT}/${POSTGRES_ROLE}?${options}`;
}

/** The database's public files on its server. */
export function postgresFiles(
  { app, memoryMb, connections }: Pick<PostgresArgs, "app" | "memoryMb" | "connections">,
  certificate: string,
): HostFile[] {
  const at = `${directoryOf(app)}/config`;
  return [
    { path: `${at}/postgresql.conf`, text: renderPostgresConf(memoryMb, connections) },
    { path: `${at}/pg_hba.conf`, text: renderPostgresHba() },
    { path: `${at}/server.crt`, text: certificate },
  ];
}

/** The database's secret files: only its container's user can read them, not an account of the server with the same uid. */
export function postgresSecrets(app: string, password: string, key: string): HostSpec {
  const at = `${directoryOf(app)}/secrets`;
  const file = (name: string, text: string): HostFile => ({ path: `${at}/${name}`, text, mode: "0400", owner: USER });
  return {
    ...EMPTY_SPEC,
    directories: [
      { path: directoryOf(app), mode: "0700" },
      { path: at, mode: "0500", owner: USER },
    ],
    files: [file("password", password), file("server.key", key)],
  };
}

function directoryOf(app: string): string {
  return `/etc/homeport/postgres/${app}`;
}

function publicFiles(args: PostgresArgs, certificate: pulumi.Output<string>): pulumi.Output<HostFile[]> {
  return certificate.apply((pem) => postgresFiles(args, pem));
}

interface DatabaseFiles {
  readonly password: pulumi.Output<string>;
  readonly issued: IssuedCertificate;
  readonly files: pulumi.Output<HostFile[]>;
}

function applyFiles(
  name: string,
  { app, host, keepData }: PostgresArgs,
  parent: Postgres,
  { password, issued, files }: DatabaseFiles,
): pulumi.Resource {
  const secrets = bundleCommand(
    `${name}-secrets`,
    {
      host,
      bundle: `${app}-postgres-secrets`,
      spec: pulumi.all([password, issued.key]).apply(([text, key]) => postgresSecrets(app, text, key)),
      secret: true,
    },
    { parent },
  );
  const volume = databaseVolume(app);
  const kept = `the database of ${app} stays on ${host.address.name} in the Docker volume ${volume}; to delete it for good: docker volume rm ${volume}`;
  return bundleCommand(
    `${name}-files`,
    {
      host,
      bundle: databaseBundle(app),
      spec: files.apply((all) => ({
        ...EMPTY_SPEC,
        files: all,
        things: [
          { kind: "volume" as const, name: volume },
          { kind: "container" as const, name },
        ],
        notes: keepData ? [kept] : [],
      })),
      secret: false,
    },
    { parent, dependsOn: secrets },
  );
}

function run(
  name: string,
  args: PostgresArgs,
  parent: Postgres,
  files: pulumi.Output<HostFile[]>,
  applied: pulumi.Resource,
): docker.Container {
  const { app, host, provider, image, network, memoryMb, connections, keepData } = args;
  const data = new docker.Volume(
    `${name}-data`,
    { name: databaseVolume(app) },
    { parent, provider, retainOnDelete: keepData },
  );
  const { config, secrets, data: directory, socket } = POSTGRES_PATHS;
  return new docker.Container(
    name,
    {
      image,
      command: ["postgres", "-c", `config_file=${config}/postgresql.conf`],
      envs: [
        `PGDATA=${directory}`,
        // Of the superuser, who cannot log in over the network; the image requires one.
        `POSTGRES_PASSWORD_FILE=${secrets}/password`,
        // Sorts as SQLite and every later image do: an index in another C library's order would be broken. Checksums: memory cards.
        "POSTGRES_INITDB_ARGS=--locale=C.UTF-8 --encoding=UTF8 --data-checksums",
      ],
      ...hardened(USER, memoryMb, connections + PROCESSES),
      tmpfs: { "/tmp": "", [socket]: "" },
      networksAdvanced: [{ name: network, aliases: [POSTGRES_HOST] }],
      ports: [{ internal: POSTGRES_PORT, external: POSTGRES_PORT, ip: "0.0.0.0" }],
      volumes: [
        { volumeName: data.name, containerPath: directory },
        { hostPath: `${directoryOf(app)}/config`, containerPath: config, readOnly: true },
        { hostPath: `${directoryOf(app)}/secrets`, containerPath: secrets, readOnly: true },
      ],
      labels: withRepair(
        [
          ownerLabel(host.owner),
          settingsLabel(image, memoryMb, [network]),
          { label: "homeport.app", value: app },
          { label: "homeport.role", value: "postgres" },
          // What PostgreSQL reads when it starts: another configuration or certificate makes a new container. The password is not among it. The label is
          // not the proxy's, by which the proxy is found.
          { label: "homeport.database", value: files.apply((all) => sha256(JSON.stringify(all))) },
        ],
        repairOf(name, { host, of: madeBy("container", name) }, parent),
      ),
      healthcheck: {
        // By TCP: while the image creates the database, a temporary PostgreSQL answers on the socket. As the application's role: for a user that is not
        // in pg_hba.conf each check would be a line in the log.
        tests: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", POSTGRES_ROLE, "-d", POSTGRES_ROLE],
        interval: "10s",
        timeout: "5s",
        retries: 3,
        startPeriod: goDuration(START_SECONDS),
      },
      wait: true,
      waitTimeout: START_SECONDS,
      restart: RESTART,
      destroyGraceSeconds: STOP_SECONDS,
    },
    {
      parent,
      provider,
      dependsOn: applied,
      // It owns the volume and the host's port: the old one has to go first.
      deleteBeforeReplace: true,
      // The provider changes these in its state only.
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
}

// The volume has the password that was set last, whatever the state says, so it is set again for each container and each new password.
function setRole(
  name: string,
  { host }: PostgresArgs,
  parent: Postgres,
  container: docker.Container,
  password: pulumi.Output<string>,
): void {
  const set = "exec bash -s";
  const digest = pulumi.unsecret(password.apply((text) => keyedDigest(text, POSTGRES_ROLE)));
  new command.remote.Command(
    `${name}-role`,
    {
      connection: commandConnection(host.address),
      create: set,
      update: set,
      // Not the name alone: the container's id changes whenever it is recreated.
      stdin: pulumi
        .all([container.id, digest])
        .apply(([id, value]) => `${script("database/postgres-role.sh")}${id}\n${POSTGRES_ROLE}\n${value}\n`),
      addPreviousOutputInEnv: false,
    },
    { parent, dependsOn: container },
  );
}
