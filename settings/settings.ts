import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { HostAddress } from "./host-address";
import { guestSchema, schema } from "./schema";

/** The settings of a stack with machines of its own, as the schema gives them. */
export type RawSettings = z.output<typeof schema>;
/** The same of a stack on the machines of another one. */
export type RawGuestSettings = z.output<typeof guestSchema>;

/** Where PostgreSQL is, beside or instead of SQLite. */
export type Database = Omit<RawSettings["database"], "caFile"> & {
  /** Of one that others run; secret. */
  readonly url: pulumi.Output<string> | undefined;
  readonly caPem: string | undefined;
};

/** A bucket and the keys to it. */
export type Storage = NonNullable<RawSettings["storage"]> & {
  readonly caPem: string | undefined;
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
};

/** The settings of every site: names, records, application. */
export interface SiteSettings extends Pick<RawSettings, "domain"> {
  /** Names under which the site answers; the first is the one that links use. */
  readonly hosts: readonly string[];
  /** The token is undefined where the provider finds one itself, in CLOUDFLARE_API_TOKEN. */
  readonly dns: RawSettings["dns"] & { readonly apiToken: pulumi.Output<string> | undefined };
  readonly app: RawSettings["app"] & { readonly release: readonly string[] };
  readonly database: Database;
  /** Undefined: files are kept in the volume. */
  readonly storage: Storage | undefined;
  /** The person's own, by the name of the variable that names each one's file. */
  readonly appSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly images: Pick<RawSettings["images"], "python">;
  readonly proxy: Pick<RawSettings["proxy"], "uploadMaxMb" | "compress">;
}

/** A machine that runs the application. */
export type ServerSettings = HostAddress & Omit<RawSettings["servers"][0], keyof HostAddress>;

/** All settings of a stack with machines of its own, checked, with every default filled in. */
export interface Settings extends SiteSettings, Pick<RawSettings, "host" | "tunnel" | "ingress"> {
  readonly edge: HostAddress & Pick<RawSettings["edge"], "sshFrom">;
  readonly servers: readonly [ServerSettings, ...ServerSettings[]];
  /** The token is that of the proxy for DNS-01; undefined with another challenge. */
  readonly tls: RawSettings["tls"] & {
    readonly caPem: string | undefined;
    readonly dnsToken: pulumi.Output<string> | undefined;
  };
  readonly images: RawSettings["images"];
  readonly proxy: RawSettings["proxy"];
}

/** All settings of a stack on the machines of another one. */
export interface GuestSettings extends SiteSettings, Pick<RawGuestSettings, "host"> {}

/** Whether a stack shares the machines of another one. */
export function isGuest(settings: Settings | GuestSettings): settings is GuestSettings {
  return "stack" in settings.host;
}
