import type { Settings } from "../../settings/settings";
import { imageTransfer } from "../docker/image";
import { databaseLoad, maxConnections } from "../../settings/database-connections";
import { InternalAuthority } from "../proxy/internal-authority";
import { Postgres, POSTGRES_HOST } from "../database/postgres";
import { Server } from "./server";
import { Traefik } from "../proxy/traefik";
import { SiteDatabase } from "./site-host";

export interface OwnDatabaseArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  readonly settings: Pick<Settings, "database" | "images" | "servers" | "app">;
  /** The servers of the stack, with their proxies. */
  readonly machines: readonly {
    readonly member: { readonly name: string; readonly tunnelAddress: string };
    readonly machine: Server;
    readonly traefik: Traefik;
  }[];
  /** Undefined: the stack has none, and no database of its own. */
  readonly authority: InternalAuthority | undefined;
  readonly knownHostsFile: string;
}

/** PostgreSQL on the server that the settings name; undefined where they name none. */
export function ownDatabase(
  name: string,
  { app, settings, machines, authority, knownHostsFile }: OwnDatabaseArgs,
): { readonly component: Postgres; readonly database: SiteDatabase } | undefined {
  const { server, memoryMb, keepData, rotatePassword } = settings.database;
  const place = machines.find(({ member }) => member.name === server);
  if (place === undefined || authority === undefined) return undefined;
  const { member, machine, traefik } = place;
  const { host, docker: provider } = machine;
  const image = settings.images.postgres;
  const there = imageTransfer(
    `${name}-transfer`,
    { host, knownHostsFile, reference: image, pull: true },
    { dependsOn: machine },
  );
  const component = new Postgres(
    name,
    {
      ...{ app, host, provider, image, network: traefik.network, authority, memoryMb, keepData },
      connections: maxConnections(databaseLoad(settings)),
      rotation: rotatePassword,
    },
    { dependsOn: [there, traefik] },
  );
  const database = {
    ...{ url: component.url, caPem: component.ca, name: POSTGRES_HOST },
    ...{ server: member.name, tunnelAddress: member.tunnelAddress },
  };
  return { component, database };
}
