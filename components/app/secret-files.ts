import * as pulumi from "@pulumi/pulumi";

import { EMPTY_SPEC, HostSpec } from "../machine";
import { keyedDigest } from "../../lib/sha256";
import { UserError } from "../../lib/errors";
import { DATA, SECRET_FILES, secretFile, SECRETS_GROUP, VARIABLES_FILE } from "./contract";
import {
  databaseValues,
  missingSources,
  renderVariables,
  variableFiles,
  variables,
  VariableSettings,
  Values,
} from "./variables";

/** The secrets of an application that its containers read. */
export interface AppFiles {
  readonly djangoKey: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;
  /** The database in use. */
  readonly engine: "sqlite" | "postgresql";
  /** Undefined: there is no PostgreSQL. */
  readonly database:
    { readonly url: pulumi.Output<string>; readonly caPem: pulumi.Input<string | undefined> } | undefined;
  /** Undefined: there is no object storage. */
  readonly storage:
    | {
        readonly endpoint: string;
        readonly bucket: string;
        readonly region: string;
        readonly accessKey: pulumi.Output<string>;
        readonly secretKey: pulumi.Output<string>;
        readonly caPem: string | undefined;
      }
    | undefined;
  /** Your own, by name. */
  readonly own: Readonly<Record<string, pulumi.Output<string>>>;
  /** Addresses of services, as `services.NAME.PART`. */
  readonly services: pulumi.Output<Values>;
}

/** Their directory on a host. */
export function secretsDirectory(app: string): string {
  return `/etc/homeport/apps/${app}`;
}

/** The directory of an application's secrets on a host, which its containers have as `/run/secrets`: each as a file, and all in a script of variables. */
export function secretFiles(app: string, files: AppFiles, names: VariableSettings): pulumi.Output<HostSpec> {
  const directory = secretsDirectory(app);
  const owner = `root:${SECRETS_GROUP}`;
  return texts(files, names).apply((all) => ({
    ...EMPTY_SPEC,
    directories: [{ path: directory, mode: "0550", owner }],
    files: all.map(([name, text]) => ({ path: `${directory}/${name}`, text, mode: "0440", owner })),
  }));
}

/** A digest that changes with any secret. */
export function secretsDigest(files: AppFiles, names: VariableSettings): pulumi.Output<string> {
  const digest = pulumi
    .all([files.djangoKey, texts(files, names)])
    .apply(([key, all]) => keyedDigest(key, all.map(([name, text]) => `\0${name}\0${text}`).join("")));
  return pulumi.unsecret(digest);
}

/** All files by name. */
function texts(files: AppFiles, names: VariableSettings): pulumi.Output<(readonly [string, string])[]> {
  const { djangoKey, adminPassword, database, storage, own } = files;
  return (
    pulumi
      .all([
        valuesOf(files),
        pulumi.all([djangoKey, adminPassword, database?.url, database?.caPem, storage?.accessKey, storage?.secretKey]),
        pulumi.all(own),
      ])
      // One of your own may take the place of one of ours.
      .apply(
        ([values, [key, password, url, databaseCa, accessKey, secretKey], mine]): (readonly [string, string])[] => [
          ...new Map<string, string>([
            ...(
              [
                ["django_secret_key", key],
                ["django_admin_password", password],
                [SECRET_FILES.databaseUrl, url],
                [SECRET_FILES.databaseCa, databaseCa],
                [SECRET_FILES.storageAccessKey, accessKey],
                [SECRET_FILES.storageSecretKey, secretKey],
                [SECRET_FILES.storageCa, storage?.caPem],
              ] as const
            ).flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
            ...Object.entries(mine).map(([name, text]) => [secretFile(name), text] as const),
            ...valueFiles(values, names),
            [VARIABLES_FILE, renderVariables(variables(values, names))] as const,
          ]),
        ],
      )
  );
}

function valueFiles(values: Values, { variables: asked }: VariableSettings): (readonly [string, string])[] {
  const [missing] = missingSources(asked, Object.keys(values));
  if (missing !== undefined) throw new UserError(`app.variables.${missing.name}: ${missing.why}`);
  const files = variableFiles(asked).map(({ file, source }) => [file, values[source] ?? ""] as const);
  return [...new Map(files)];
}

/** Everything that a variable can hold. */
function valuesOf({ djangoKey, engine, database, storage, own, services }: AppFiles): pulumi.Output<Values> {
  return pulumi
    .all([djangoKey, database?.url, storage?.accessKey, storage?.secretKey, pulumi.all(own), services])
    .apply(([key, url, accessKey, secretKey, mine, addresses]): Values => ({
      key,
      ...databaseValues(engine === "postgresql" && url !== undefined ? url : `sqlite:///${DATA}/db.sqlite3`),
      ...(storage === undefined || accessKey === undefined || secretKey === undefined
        ? {}
        : {
            "storage.endpoint": storage.endpoint,
            "storage.bucket": storage.bucket,
            "storage.region": storage.region,
            "storage.accessKey": accessKey,
            "storage.secretKey": secretKey,
          }),
      ...Object.fromEntries(Object.entries(mine).map(([name, text]) => [`secret.${name}`, text])),
      ...addresses,
    }));
}
