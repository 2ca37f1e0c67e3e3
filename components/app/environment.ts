/** The settings that an application gets in its environment; `app/README.md` describes the variables. */
export interface DjangoSettings {
  /** The port it listens on inside its container. */
  readonly port: number;
  readonly adminUser: string;
  readonly workers: number;
  /** Of each worker. */
  readonly threads: number;
  /** Until a stuck worker is killed. */
  readonly timeoutSeconds: number;
  /** For open requests at a stop. */
  readonly gracefulSeconds: number;
  /** How long, and for which names, browsers insist on HTTPS. */
  readonly hsts: { readonly seconds: number; readonly includeSubdomains: boolean; readonly preload: boolean };
  /** Lowest level that is logged, such as INFO. */
  readonly logLevel: string;
  /** The database in use, and whether PostgreSQL runs beside SQLite. */
  readonly engine: "sqlite" | "postgresql";
  readonly postgres: boolean;
  /** Undefined: files are kept in the volume. */
  readonly storage: ObjectStorage | undefined;
  /** Your own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of your own secrets. */
  readonly secretNames: readonly string[];
}

/** A bucket of an S3 API, for static files and uploads. */
export interface ObjectStorage {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Where browsers find the files; undefined: at the endpoint. */
  readonly publicUrl?: string | undefined;
  /** Whether URLs of uploads are signed and expire. */
  readonly signed: boolean;
  /** ACL of each file that visitors may read; undefined: the bucket's policy decides. */
  readonly acl?: "public-read" | undefined;
  /** PEM of the authority that signed the endpoint's certificate; undefined: a public one did. */
  readonly caPem: string | undefined;
}

/** Directory of the application's secrets in its containers. */
export const SECRETS = "/run/secrets";

/** Names of the files there that not every site has. */
export const SECRET_FILES = {
  databaseUrl: "database_url",
  databaseCa: "database_ca.pem",
  storageAccessKey: "storage_access_key",
  storageSecretKey: "storage_secret_key",
  storageCa: "storage_ca.pem",
} as const;

/** The file of one of your own secrets, beside those of the program. */
export function secretFile(name: string): string {
  return name.toLowerCase();
}

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
