import { databaseLoad, maxConnections, Settings } from "../../settings";
import { SiteDatabase } from "../app";
import { Postgres, POSTGRES_HOST } from "../database";
import { imageTransfer } from "../docker";
import { InternalAuthority, Traefik } from "../proxy";
import { Server } from "./server";

export interface OwnDatabaseArgs {
  /** Name of the application on its servers. */
  readonly app: string;
  readonly settings: Pick<Settings, "database" | "images" | "servers" | "app">;
  /** The stack's servers, with their proxies. */
  readonly machines: readonly {
    readonly member: { readonly plan: { readonly name: string; readonly tunnelAddress: string } };
    readonly server: Server;
    readonly traefik: Traefik;
  }[];
  /** Undefined: the stack has none, and no database. */
  readonly authority: InternalAuthority | undefined;
}

/** PostgreSQL on the server that the settings name; undefined where they name none. */
export function ownDatabase(
  name: string,
  { app, settings, machines, authority }: OwnDatabaseArgs,
): { readonly component: Postgres; readonly database: SiteDatabase } | undefined {
  const { server: chosen, memoryMb, keepData, rotatePassword } = settings.database;
  const place = machines.find(({ member }) => member.plan.name === chosen);
  if (place === undefined || authority === undefined) return undefined;
  const { server, traefik } = place;
  const { name: on, tunnelAddress } = place.member.plan;
  const { host, docker: provider } = server;
  const image = settings.images.postgres;
  const there = imageTransfer(`${name}-transfer`, { host, reference: image, pull: true }, { dependsOn: server });
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
    ...{ server: on, tunnelAddress },
  };
  return { component, database };
}
