import { quote } from "../../lib/quote";

/** Values that an application can be given, by the names that `app.variables` uses: `key`, `database.host`, `secret.MAIL_PASSWORD`. */
export type Values = Readonly<Record<string, string>>;

/** A variable is one of these names wherever its value exists: what projects and images of this field call it. */
const WELL_KNOWN: Readonly<Record<string, readonly string[]>> = {
  key: ["SECRET_KEY", "DJANGO_SECRET_KEY"],
  "database.url": ["DATABASE_URL"],
  // POSTGRES_*: the image of PostgreSQL and what is made for it; PG*: libpq (PostgreSQL's manual, section 32.15).
  "database.host": ["DATABASE_HOST", "DB_HOST", "PGHOST", "POSTGRES_HOST", "SQL_HOST"],
  "database.port": ["DATABASE_PORT", "DB_PORT", "PGPORT", "POSTGRES_PORT", "SQL_PORT"],
  "database.name": ["DATABASE_NAME", "DB_NAME", "PGDATABASE", "POSTGRES_DB", "SQL_DATABASE"],
  "database.user": ["DATABASE_USER", "DB_USER", "PGUSER", "POSTGRES_USER", "SQL_USER"],
  "database.password": ["DATABASE_PASSWORD", "DB_PASSWORD", "PGPASSWORD", "POSTGRES_PASSWORD", "SQL_PASSWORD"],
  "database.sslmode": ["PGSSLMODE"],
  "database.sslrootcert": ["PGSSLROOTCERT"],
  // django-storages and boto3.
  "storage.endpoint": ["AWS_S3_ENDPOINT_URL"],
  "storage.bucket": ["AWS_STORAGE_BUCKET_NAME"],
  "storage.region": ["AWS_S3_REGION_NAME", "AWS_DEFAULT_REGION"],
  "storage.accessKey": ["AWS_ACCESS_KEY_ID"],
  "storage.secretKey": ["AWS_SECRET_ACCESS_KEY"],
  "services.redis.url": ["REDIS_URL"],
  "services.redis.host": ["REDIS_HOST"],
  "services.redis.port": ["REDIS_PORT"],
  "services.redis.password": ["REDIS_PASSWORD"],
};

/** PostgreSQL's own port. */
const POSTGRES = "5432";

/** The parts of a database's URL. An SQLite file has a URL only: from a name a project would conclude that there is a server. */
export function databaseValues(url: string): Values {
  if (url.startsWith("sqlite:")) return { "database.url": url };
  const { hostname, port, pathname, username, password, searchParams } = new URL(url);
  const [mode, authority] = [searchParams.get("sslmode"), searchParams.get("sslrootcert")];
  return {
    "database.url": url,
    "database.host": hostname,
    "database.port": port === "" ? POSTGRES : port,
    "database.name": decodeURIComponent(pathname.slice(1)),
    "database.user": decodeURIComponent(username),
    "database.password": decodeURIComponent(password),
    ...(mode === null ? {} : { "database.sslmode": mode }),
    ...(authority === null ? {} : { "database.sslrootcert": authority }),
  };
}

/** What decides the variables of an application. */
export interface VariableSettings {
  /** Sources by the variable's name; `NAME_FILE` gets the path of a file with the value. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names that `app.environment` sets; they are left to it. */
  readonly environment: readonly string[];
}

/** The variables of an application, with their secrets, by name. */
export function variables(values: Values, { variables: asked, environment }: VariableSettings): Values {
  const known = Object.entries(WELL_KNOWN).flatMap(([source, names]) => pairs(names, values[source]));
  const own = Object.entries(values).flatMap(([source, value]) =>
    pairs(/^secret\.(.*)$/.exec(source)?.slice(1) ?? [], value),
  );
  const chosen = Object.entries(asked)
    .filter(([name]) => !isFile(name))
    .flatMap(([name, source]) => pairs([name], values[source]));
  const all = Object.fromEntries([...known, ...own, ...chosen]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !environment.includes(name)));
}

/** The files that variables of the name `NAME_FILE` ask for: the file's name below the secrets, and its source. */
export function variableFiles(
  asked: Readonly<Record<string, string>>,
): { readonly variable: string; readonly file: string; readonly source: string }[] {
  return Object.entries(asked)
    .filter(([name]) => isFile(name))
    .map(([name, source]) => ({ variable: name, file: `value_${source.replaceAll(".", "_").toLowerCase()}`, source }));
}

/** Sources in `app.variables` whose value this stack does not have, with what would give it. */
export function missingSources(
  asked: Readonly<Record<string, string>>,
  has: readonly string[],
): { readonly name: string; readonly why: string }[] {
  return Object.entries(asked).flatMap(([name, source]) =>
    has.includes(source) ? [] : [{ name, why: remedy(source) }],
  );
}

function remedy(source: string): string {
  const [group = "", part = ""] = source.split(".");
  switch (group) {
    case "database":
      return `there is no ${source}: SQLite is a file; set database.engine to postgresql`;
    case "storage":
      return `there is no ${source}: set storage`;
    case "services":
      return `there is no service ${part}: add it to app.services`;
    default:
      return `there is no secret ${part}: run 'pulumi config set --secret --path homeport:appSecrets.${part}'`;
  }
}

/** The shell script that exports them. */
export function renderVariables(all: Values): string {
  return Object.entries(all)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join("");
}

function isFile(name: string): boolean {
  return name.endsWith("_FILE");
}

function pairs(names: readonly string[], value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : names.map((name) => [name, value] as const);
}
