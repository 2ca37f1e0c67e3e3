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
  /** The person's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Variables that a person cannot set, and what to use instead: other parts of the program rely on them, or they would put a secret where `docker
 * inspect` shows it. Of the others of ours a person's value wins.
 */
export const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  DJANGO_ADMIN_PASSWORD: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_PASSWORD_FILE: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_USER: "use app.adminUser",
  DJANGO_ALLOWED_HOSTS: "use hosts",
  DJANGO_DATA_DIR: "the data is in the volume at /data",
  DJANGO_SECRET_KEY: "the key is generated; a new one comes with app.rotate.djangoKey",
  DJANGO_SECRET_KEY_FILE: "the key is generated; a new one comes with app.rotate.djangoKey",
  GUNICORN_BIND: "use app.port",
  GUNICORN_GRACEFUL_TIMEOUT: "use app.gracefulSeconds",
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
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}
