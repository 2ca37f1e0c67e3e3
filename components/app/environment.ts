/** What of the settings an application is told by its environment; `app/README.md` describes the variables. */
export interface DjangoSettings {
  /** The port it listens on inside its container. */
  readonly port: number;
  readonly adminUser: string;
  readonly workers: number;
  /** Of each worker. */
  readonly threads: number;
  /** Until a stuck worker is ended. */
  readonly timeoutSeconds: number;
  /** For open requests at a stop. */
  readonly gracefulSeconds: number;
  /** How long, and how far, browsers insist on HTTPS. */
  readonly hsts: { readonly seconds: number; readonly includeSubdomains: boolean; readonly preload: boolean };
  /** Name of the least urgent messages that are logged, such as INFO. */
  readonly logLevel: string;
  /** Which database is in use, and where there is PostgreSQL beside it. */
  readonly engine: "sqlite" | "postgresql";
  readonly postgres: boolean;
  /** Undefined: files are kept in the volume. */
  readonly storage: ObjectStorage | undefined;
  /** The person's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the person's own secrets. */
  readonly secretNames: readonly string[];
}

/** A bucket of an S3 API, for static files and uploads. */
export interface ObjectStorage {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Where browsers find the files; undefined: at the endpoint. */
  readonly publicUrl?: string | undefined;
  /** Whether addresses of uploads are signed, and end. */
  readonly signed: boolean;
  /** What each file that visitors are to read says of itself; undefined: the bucket says it. */
  readonly acl?: "public-read" | undefined;
  /** PEM of the authority that signed the endpoint's certificate; undefined: a public one did. */
  readonly caPem: string | undefined;
}

/** Where the application's secrets are inside its containers. */
export const SECRETS = "/run/secrets";

/** Names of the files there that not every site has. */
export const SECRET_FILES = {
  databaseUrl: "database_url",
  databaseCa: "database_ca.pem",
  storageAccessKey: "storage_access_key",
  storageSecretKey: "storage_secret_key",
  storageCa: "storage_ca.pem",
} as const;

/** The file of a secret of the person's own, beside those of the program. */
export function secretFile(name: string): string {
  return name.toLowerCase();
}

/**
 * Variables that a person cannot set, and what to use instead: other parts of the program rely on them, or they would put a secret where `docker
 * inspect` shows it. Of the others of ours a person's value wins.
 */
export const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  DATABASE_ENGINE: "use database.engine",
  DATABASE_URL_FILE: "use database.server, or the secret databaseUrl",
  DJANGO_ADMIN_PASSWORD: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_PASSWORD_FILE: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_USER: "use app.adminUser",
  DJANGO_ALLOWED_HOSTS: "use hosts",
  DJANGO_DATA_DIR: "the data is in the volume at /data",
  DJANGO_DEBUG: "it stays off, because every visitor who finds an error would be shown the site's code and settings",
  DJANGO_SECRET_KEY: "the key is generated; a new one comes with app.rotate.djangoKey",
  DJANGO_SECRET_KEY_FILE: "the key is generated; a new one comes with app.rotate.djangoKey",
  GUNICORN_BIND: "use app.port",
  GUNICORN_GRACEFUL_TIMEOUT: "use app.gracefulSeconds",
  STORAGE_ACCESS_KEY_FILE: "use the secret storageAccessKey",
  STORAGE_ACL: "use storage.acl",
  STORAGE_BUCKET: "use storage.bucket",
  STORAGE_CA_FILE: "use storage.caFile",
  STORAGE_ENDPOINT: "use storage.endpoint",
  STORAGE_PUBLIC_URL: "use storage.publicUrl",
  STORAGE_REGION: "use storage.region",
  STORAGE_SECRET_KEY_FILE: "use the secret storageSecretKey",
  STORAGE_SIGNED: "use storage.signed",
  TRUSTED_PROXIES: "it is the network of the proxy",
};

/** The environment of the application's containers, a `NAME=value` each, sorted. */
export function djangoEnvironment(
  settings: DjangoSettings,
  hosts: readonly string[],
  trustedProxies: string,
): string[] {
  const variables = {
    DJANGO_HSTS_INCLUDE_SUBDOMAINS: String(settings.hsts.includeSubdomains),
    DJANGO_HSTS_PRELOAD: String(settings.hsts.preload),
    DJANGO_HSTS_SECONDS: String(settings.hsts.seconds),
    DJANGO_LOG_LEVEL: settings.logLevel,
    GUNICORN_THREADS: String(settings.threads),
    GUNICORN_TIMEOUT: String(settings.timeoutSeconds),
    GUNICORN_WORKERS: String(settings.workers),
    ...settings.environment,
    DJANGO_ADMIN_USER: settings.adminUser,
    DJANGO_ALLOWED_HOSTS: hosts.join(","),
    GUNICORN_BIND: `0.0.0.0:${settings.port}`,
    GUNICORN_GRACEFUL_TIMEOUT: String(settings.gracefulSeconds),
    TRUSTED_PROXIES: trustedProxies,
    ...(settings.postgres
      ? { DATABASE_ENGINE: settings.engine, DATABASE_URL_FILE: `${SECRETS}/${SECRET_FILES.databaseUrl}` }
      : {}),
    ...storageVariables(settings.storage),
    ...Object.fromEntries(settings.secretNames.map((name) => [`${name}_FILE`, `${SECRETS}/${secretFile(name)}`])),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function storageVariables(storage: ObjectStorage | undefined): Record<string, string> {
  if (storage === undefined) return {};
  return {
    STORAGE_ENDPOINT: storage.endpoint,
    STORAGE_BUCKET: storage.bucket,
    STORAGE_REGION: storage.region,
    STORAGE_SIGNED: String(storage.signed),
    ...(storage.acl === undefined ? {} : { STORAGE_ACL: storage.acl }),
    ...(storage.publicUrl === undefined ? {} : { STORAGE_PUBLIC_URL: storage.publicUrl }),
    ...(storage.caPem === undefined ? {} : { STORAGE_CA_FILE: `${SECRETS}/${SECRET_FILES.storageCa}` }),
  };
}
