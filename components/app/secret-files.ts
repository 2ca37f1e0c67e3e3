import * as pulumi from "@pulumi/pulumi";

import { EMPTY_SPEC, HostSpec } from "../machine";
import { keyedDigest } from "../../lib/sha256";
import { SECRET_FILES, secretFile } from "./environment";

/** The application's uid, which no account of the host has. */
export const USER = "10001";

/** The secrets of an application that its containers read as files. */
export interface AppFiles {
  readonly djangoKey: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;
  /** Undefined: there is no PostgreSQL. */
  readonly database: { readonly url: pulumi.Output<string>; readonly caPem: pulumi.Input<string | undefined> } | undefined;
  /** Undefined: there is no object storage. */
  readonly storage:
    | {
        readonly accessKey: pulumi.Output<string>;
        readonly secretKey: pulumi.Output<string>;
        readonly caPem: string | undefined;
      }
    | undefined;
  /** Your own, by name. */
  readonly own: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Their directory on a host. */
export function secretsDirectory(app: string): string {
  return `/etc/homeport/apps/${app}`;
}

/** The directory of an application's secrets on a host, which its containers have as `/run/secrets`. */
export function secretFiles(app: string, files: AppFiles): pulumi.Output<HostSpec> {
  const directory = secretsDirectory(app);
  const owner = `${USER}:${USER}`;
  return pulumi.all([texts(files), pulumi.all(files.own)]).apply(([known, own]) => ({
    ...EMPTY_SPEC,
    directories: [{ path: directory, mode: "0500", owner }],
    files: [...known, ...Object.entries(own).map(([name, text]) => [secretFile(name), text] as const)].map(([name, text]) => ({ path: `${directory}/${name}`, text, mode: "0400", owner })),
  }));
}

/** A digest that changes with any secret. */
export function secretsDigest(files: AppFiles): pulumi.Output<string> {
  const digest = pulumi
    .all([files.djangoKey, texts(files), pulumi.all(files.own)])
    .apply(([key, [, ...others], own]) =>
      keyedDigest(
        key,
        [...others.map(([, text]) => text), ...Object.entries(own).map(([name, text]) => `\0${name}\0${text}`)].join(""),
      ),
    );
  return pulumi.unsecret(digest);
}

// The key first: a digest is keyed by it.
function texts({ djangoKey, adminPassword, database, storage }: AppFiles): pulumi.Output<(readonly [string, string])[]> {
  return pulumi
    .all([djangoKey, adminPassword, database?.url, database?.caPem, storage?.accessKey, storage?.secretKey])
    .apply(([key, password, url, databaseCa, accessKey, secretKey]) =>
      [
        ["django_secret_key", key] as const,
        ["django_admin_password", password] as const,
        [SECRET_FILES.databaseUrl, url] as const,
        [SECRET_FILES.databaseCa, databaseCa] as const,
        [SECRET_FILES.storageAccessKey, accessKey] as const,
        [SECRET_FILES.storageSecretKey, secretKey] as const,
        [SECRET_FILES.storageCa, storage?.caPem] as const,
      ].flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    );
}
