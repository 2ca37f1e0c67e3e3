/** Names that an application is given by default, wherever their value exists; `app.variables` is for others. */
const GIVEN = new Set([
  ...["SECRET_KEY", "DJANGO_SECRET_KEY", "DATABASE_URL", "DJANGO_ALLOWED_HOSTS", "PORT"],
  ...["DATABASE", "DB", "POSTGRES", "SQL", "PG"].flatMap((group) =>
    ["HOST", "PORT", "USER", "PASSWORD"].map((part) => (group === "PG" ? `PG${part}` : `${group}_${part}`)),
  ),
  ...["DATABASE_NAME", "DB_NAME", "PGDATABASE", "POSTGRES_DB", "SQL_DATABASE", "PGSSLMODE", "PGSSLROOTCERT"],
  ...[
    "AWS_S3_ENDPOINT_URL",
    "AWS_STORAGE_BUCKET_NAME",
    "AWS_S3_REGION_NAME",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
  ],
  ...["REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"],
]);

/** Other names for the same values; the first that matches counts. A file's name is that of its value and `_FILE`. */
const SOURCES: readonly { readonly name: RegExp; readonly source: string; readonly redis?: boolean }[] = [
  {
    name: /^(?:DJANGO|APP|SITE|WEB)_?(?:SECRET|KEY|SECRETKEY)$|^(?:APP|SITE|WEB|DJANGO)_SECRET_KEY$|^SECRET_KEY$|^SECRETKEY$/,
    source: "key",
  },
  {
    name: /^(?:CELERY_BROKER_URL|CELERY_RESULT_BACKEND|BROKER_URL|CACHE_URL|CHANNELS_URL|HUEY_URL|RQ_REDIS_URL|REDIS_(?:URI|LOCATION|SERVER_URL|CACHE_URL))$/,
    source: "services.redis.url",
    redis: true,
  },
  ...(
    [
      ["url", "URL|URI|DSN"],
      ["host", "HOST|HOSTNAME|SERVER|ADDR|ADDRESS"],
      ["port", "PORT"],
      ["name", "NAME|DB|DATABASE|DB_NAME|DBNAME|DATABASE_NAME"],
      ["user", "USER|USERNAME|DB_USER"],
      ["password", "PASSWORD|PASS|PASSWD|DB_PASSWORD"],
    ] as const
  ).map(([part, words]) => ({
    name: new RegExp(`^(?:DJANGO_|APP_)?(?:POSTGRES|POSTGRESQL|PG|PSQL|DB|DATABASE|RDS|SQL)_?(?:${words})$`),
    source: `database.${part}`,
  })),
];

/** What gives a variable of this name its value: "given" by default, a source for `app.variables`, undefined: nothing known. */
export function sourceOf(name: string, redis: boolean): string | undefined {
  if (GIVEN.has(name)) return "given";
  const value = name.replace(/_FILE$/, "");
  return SOURCES.find((one) => one.name.test(value) && (one.redis !== true || redis))?.source;
}
