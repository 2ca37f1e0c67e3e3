import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { HostAddress } from "./host-address";
import { guestSchema, schema } from "./schema";

/** The parsed settings of an owner stack. */
export type RawSettings = z.output<typeof schema>;
/** The parsed settings of a guest stack. */
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
  /** The site's host names; links use the first. */
  readonly hosts: readonly string[];
  /** The token is undefined where the provider finds one itself, in CLOUDFLARE_API_TOKEN. */
  readonly dns: RawSettings["dns"] & { readonly apiToken: pulumi.Output<string> | undefined };
  readonly app: Omit<RawSettings["app"], "release"> & {
    readonly release: { readonly commands: readonly string[]; readonly byDefault: boolean };
  };
  readonly database: Database;
  /** Undefined: files are kept in the volume. */
  readonly storage: Storage | undefined;
  /** The operator's secrets, keyed by the variable that names each one's file. */
  readonly appSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly backup: RawSettings["backup"] & {
    /** Variables of restic; undefined: none are needed. */
    readonly environment: pulumi.Output<string> | undefined;
    /** Undefined: generated. */
    readonly key: pulumi.Output<string> | undefined;
  };
  readonly images: Pick<RawSettings["images"], "python" | "redis">;
  readonly proxy: Pick<RawSettings["proxy"], "uploadMaxMb" | "publicUploadMaxMb" | "compress">;
}

/** A machine that runs the application. */
export type ServerSettings = HostAddress & Omit<RawSettings["servers"][0], keyof HostAddress>;

/** All settings of an owner stack, checked, with defaults filled in. */
export interface Settings extends SiteSettings, Pick<RawSettings, "host" | "tunnel" | "ingress" | "updates"> {
  readonly edge: HostAddress & Pick<RawSettings["edge"], "sshFrom">;
  readonly servers: readonly [ServerSettings, ...ServerSettings[]];
  /** The token is that of the proxy for DNS-01; undefined with another challenge. */
  readonly tls: RawSettings["tls"] & {
    readonly caPem: string | undefined;
    readonly dnsToken: pulumi.Output<string> | undefined;
  };
  readonly alerts: RawSettings["alerts"] & {
    /** Where alerts go; undefined: nowhere. */
    readonly urls: pulumi.Output<string> | undefined;
    /** Asked while all is well; undefined: none. */
    readonly heartbeat: pulumi.Output<string> | undefined;
  };
  readonly images: RawSettings["images"];
  readonly proxy: RawSettings["proxy"];
}

/** All settings of a guest stack. */
export interface GuestSettings extends SiteSettings, Pick<RawGuestSettings, "host"> {}

/** Whether the settings are a guest stack's. */
export function isGuest(settings: Settings | GuestSettings): settings is GuestSettings {
  return "stack" in settings.host;
}
