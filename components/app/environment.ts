import { SECRET_FILES, secretFile, SECRETS } from "./contract";
import { AdapterSettings, renderSite } from "./adapter-settings";

/** The settings that an application gets in its environment. */
export interface DjangoSettings extends AdapterSettings {
  /** The port it listens on inside its container. */
  readonly port: number;
  readonly workers: number;
  /** Of each worker. */
  readonly threads: number;
  /** Until a stuck worker is killed. */
  readonly timeoutSeconds: number;
  /** For open requests at a stop. */
  readonly gracefulSeconds: number;
  /** Whether PostgreSQL runs, in use or beside SQLite. */
  readonly postgres: boolean;
  /** Your own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of your own secrets. */
  readonly secretNames: readonly string[];
  /** Files of secrets, by the variable that names each. */
  readonly secretPaths: Readonly<Record<string, string>>;
}

/** The environment of the application's containers, a `NAME=value` each, sorted. Nothing in it is secret. */
export function djangoEnvironment(
  settings: DjangoSettings,
  hosts: readonly string[],
  trustedProxies: string,
): string[] {
  const variables = {
    DJANGO_ALLOWED_HOSTS: hosts.join(","),
    DJANGO_HSTS_INCLUDE_SUBDOMAINS: String(settings.hsts.includeSubdomains),
    DJANGO_HSTS_PRELOAD: String(settings.hsts.preload),
    DJANGO_HSTS_SECONDS: String(settings.hsts.seconds),
    DJANGO_LOG_LEVEL: settings.logLevel,
    DJANGO_ADMIN_USER: settings.adminUser,
    GUNICORN_BIND: `0.0.0.0:${settings.port}`,
    GUNICORN_GRACEFUL_TIMEOUT: String(settings.gracefulSeconds),
    GUNICORN_THREADS: String(settings.threads),
    GUNICORN_TIMEOUT: String(settings.timeoutSeconds),
    GUNICORN_WORKERS: String(settings.workers),
    PORT: String(settings.port),
    TRUSTED_PROXIES: trustedProxies,
    ...(settings.postgres
      ? { DATABASE_ENGINE: settings.engine, DATABASE_URL_FILE: `${SECRETS}/${SECRET_FILES.databaseUrl}` }
      : {}),
    ...storageVariables(settings),
    ...Object.fromEntries(settings.secretNames.map((name) => [`${name}_FILE`, `${SECRETS}/${secretFile(name)}`])),
    ...settings.secretPaths,
    ...settings.environment,
    ...(settings.adapter === "all" ? {} : { HOMEPORT_SITE: renderSite(settings, hosts, trustedProxies) }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function storageVariables({ storage }: DjangoSettings): Record<string, string> {
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
