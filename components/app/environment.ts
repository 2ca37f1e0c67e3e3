import { secretFile, SECRETS } from "./contract";
import { AdapterSettings, renderSite } from "./adapter-settings";

/** The settings that an application gets in its environment. */
export interface DjangoSettings extends AdapterSettings {
  /** The port it listens on inside its container. */
  readonly port: number;
  /** Processes of the server; undefined: as the image has it. */
  readonly workers?: number | undefined;
  /** Threads of each of Gunicorn's workers; undefined: as the image has it. */
  readonly threads?: number | undefined;
  /** Until Gunicorn kills a stuck worker; undefined: as the image has it. */
  readonly timeoutSeconds?: number | undefined;
  /** For open requests at a stop; undefined: as the image has it. */
  readonly gracefulSeconds?: number | undefined;
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
    ...serverVariables(settings),
    PORT: String(settings.port),
    ...Object.fromEntries(settings.secretNames.map((name) => [`${name}_FILE`, `${SECRETS}/${secretFile(name)}`])),
    ...settings.secretPaths,
    ...settings.environment,
    ...(settings.adapter === "all" ? {} : { HOMEPORT_SITE: renderSite(settings, hosts, trustedProxies) }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/**
 * WEB_CONCURRENCY is read by Gunicorn and by uvicorn. HOMEPORT_GUNICORN becomes the end of GUNICORN_CMD_ARGS (adapter/launch), which Gunicorn reads before
 * its command line (docs.gunicorn.org, settings): an option that the image has there stays, unless the settings have it as well.
 */
function serverVariables({
  workers,
  threads,
  timeoutSeconds,
  gracefulSeconds,
}: DjangoSettings): Record<string, string> {
  const options = [
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    ...(timeoutSeconds === undefined ? [] : [`--timeout ${timeoutSeconds}`]),
    ...(gracefulSeconds === undefined ? [] : [`--graceful-timeout ${gracefulSeconds}`]),
  ];
  return {
    ...(workers === undefined ? {} : { WEB_CONCURRENCY: String(workers) }),
    ...(options.length === 0 ? {} : { HOMEPORT_GUNICORN: options.join(" ") }),
  };
}
