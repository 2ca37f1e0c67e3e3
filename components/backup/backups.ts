import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { generatedPassword } from "../../lib/generated-password";
import { NonEmpty } from "../../lib/non-empty";
import { asRoot, bundleCommand, commandConnection, HostAccess, script } from "../machine";
import { backupSpec } from "./backup-spec";

/** Letters and digits: about 190 bits. */
const KEY_LENGTH = 32;

/** What a rebuilt machine needs of its own: the authority's account and certificates, and by what others know its ssh. */
const MACHINE_FILES = ["/var/lib/homeport-traefik/*.json", "/etc/ssh/ssh_host_*"];

export interface BackupsArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  /** The servers; the first has the application's volumes. */
  readonly servers: NonEmpty<{ readonly name: string; readonly access: HostAccess }>;
  /** The server with the stack's own PostgreSQL, and the database's name; undefined: none. */
  readonly postgres: { readonly server: string; readonly database: string } | undefined;
  /** Whether the machines are this stack's own. */
  readonly ownMachines: boolean;
  readonly settings: {
    /** Undefined: there are no backups. */
    readonly repository?: string | undefined;
    readonly at: string;
    readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
    readonly restore?: string | undefined;
    /** Undefined: generated. */
    readonly key: pulumi.Output<string> | undefined;
    readonly environment: pulumi.Output<string> | undefined;
  };
}

/** Has each machine that holds data save it every night, and fills an empty one first where the settings ask for that. */
export class Backups extends pulumi.ComponentResource {
  /**
   * The repository's key, secret: without it nobody can read a backup. It is there before the first one and after the last, or a setting that is taken out and put
   * back would lock them all.
   */
  public readonly key: pulumi.Output<string>;

  public constructor(name: string, args: BackupsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Backups", name, {}, opts);
    const { settings } = args;
    this.key = settings.key ?? pulumi.secret(generatedPassword(`${name}-key`, KEY_LENGTH, undefined, this).result);
    if (settings.repository !== undefined) this.onEach(name, args, settings.repository);
    this.registerOutputs({ key: this.key });
  }

  private onEach(name: string, args: BackupsArgs, repository: string): void {
    const { servers, postgres, settings } = args;
    for (const [index, server] of servers.entries()) {
      const database = postgres?.server === server.name ? postgres.database : null;
      if (index > 0 && database === null) continue;
      const suffix = index === 0 ? "" : `-${server.name}`;
      const nightly = this.nightly(`${name}-nightly${suffix}`, args, {
        ...server,
        first: index === 0,
        database,
        repository,
      });
      if (settings.restore !== undefined) {
        const words = [args.app, settings.restore];
        this.restoreIfEmpty(`${name}-restore${suffix}`, words, server.access, nightly);
      }
    }
  }

  private nightly(
    name: string,
    { app, ownMachines, settings }: BackupsArgs,
    {
      name: machine,
      access,
      first,
      database,
      repository,
    }: {
      readonly name: string;
      readonly access: HostAccess;
      readonly first: boolean;
      readonly database: string | null;
      readonly repository: string;
    },
  ): pulumi.Resource {
    const { at, keep, environment } = settings;
    const saved = {
      ...{ app, owner: access.owner, machine, volumes: first, postgres: database, keep },
      files: first && ownMachines ? MACHINE_FILES : [],
    };
    return bundleCommand(
      name,
      {
        host: access,
        bundle: `backup-${app}`,
        spec: pulumi
          .all([this.key, environment])
          .apply(([key, login]) => backupSpec(saved, at, { repository, key, environment: login })),
        secret: true,
      },
      { parent: this },
    );
  }

  private restoreIfEmpty(
    name: string,
    words: readonly string[],
    { address, revision }: HostAccess,
    nightly: pulumi.Resource,
  ): void {
    new command.remote.Command(
      name,
      {
        connection: commandConnection(address),
        create: asRoot("apply"),
        update: asRoot("apply"),
        // A server that was reinstalled is empty again.
        stdin: revision.apply((now) => `${script("backup/restore-if-empty.sh")}${[...words, now, ""].join("\n")}`),
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: nightly },
    );
  }
}
