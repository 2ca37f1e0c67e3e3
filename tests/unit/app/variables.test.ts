import { spawnSync } from "node:child_process";

import {
  databaseValues,
  missingSources,
  renderVariables,
  variableFiles,
  variables,
} from "../../../components/app/variables";

const NONE = { variables: {}, environment: [] };

describe("a database's parts", () => {
  test("of PostgreSQL are read from its URL, as they are and not as they are quoted there", () => {
    const url =
      "postgresql://shop%40home:p%2Fw%3Ad@db.example.org/my%20shop?sslmode=verify-full&sslrootcert=/run/ca.pem";
    expect(databaseValues(url)).toEqual({
      "database.url": url,
      "database.host": "db.example.org",
      "database.port": "5432",
      "database.name": "my shop",
      "database.user": "shop@home",
      "database.password": "p/w:d",
      "database.sslmode": "verify-full",
      "database.sslrootcert": "/run/ca.pem",
    });
    expect(databaseValues("postgresql://u:p@db:6432/n")).toMatchObject({ "database.port": "6432" });
    expect(databaseValues("postgresql://u:p@db:6432/n")).not.toHaveProperty("database.sslmode");
  });

  test("of SQLite are its URL alone", () => {
    expect(databaseValues("sqlite:////data/db.sqlite3")).toEqual({ "database.url": "sqlite:////data/db.sqlite3" });
  });
});

describe("the variables of an application", () => {
  test("have the names that projects and images use", () => {
    const all = variables({ key: "KEY", ...databaseValues("postgresql://u:p@db/n?sslmode=require") }, NONE);
    expect(all).toMatchObject({
      ...{ SECRET_KEY: "KEY", DJANGO_SECRET_KEY: "KEY", DATABASE_URL: "postgresql://u:p@db/n?sslmode=require" },
      ...{
        PGHOST: "db",
        POSTGRES_DB: "n",
        DB_USER: "u",
        SQL_PASSWORD: "p",
        DATABASE_PORT: "5432",
        PGSSLMODE: "require",
      },
    });
    expect(Object.keys(all).filter((name) => /REDIS|AWS/.test(name))).toEqual([]);
  });

  test("of an SQLite file do not let a project conclude that there is a server", () => {
    const all = variables({ key: "KEY", ...databaseValues("sqlite:////data/db.sqlite3") }, NONE);
    expect(Object.keys(all).sort()).toEqual(["DATABASE_URL", "DJANGO_SECRET_KEY", "SECRET_KEY"]);
  });

  test("are those of storage and services where there are such", () => {
    const values = { "storage.accessKey": "AK", "storage.region": "eu", "services.redis.url": "redis://redis:6379/0" };
    expect(variables(values, NONE)).toEqual({
      ...{ AWS_ACCESS_KEY_ID: "AK", AWS_S3_REGION_NAME: "eu", AWS_DEFAULT_REGION: "eu" },
      REDIS_URL: "redis://redis:6379/0",
    });
  });

  test("are your secrets by their names, and what app.variables asks for, which wins", () => {
    const values = { key: "KEY", "secret.SECRET_KEY": "MINE", "secret.MAIL": "M" };
    expect(variables(values, NONE)).toEqual({ SECRET_KEY: "MINE", DJANGO_SECRET_KEY: "KEY", MAIL: "M" });
    const asked = { SECRET_KEY: "key", SMTP_PASSWORD: "secret.MAIL", MAIL_FILE: "secret.MAIL" };
    expect(variables(values, { ...NONE, variables: asked })).toEqual({
      ...{ SECRET_KEY: "KEY", DJANGO_SECRET_KEY: "KEY", MAIL: "M", SMTP_PASSWORD: "M" },
    });
  });

  test("leave alone what app.environment sets", () => {
    const asked = { environment: ["SECRET_KEY", "OTHER"], variables: { OTHER: "key" } };
    expect(variables({ key: "KEY" }, asked)).toEqual({ DJANGO_SECRET_KEY: "KEY" });
  });
});

test("NAME_FILE asks for a file, one for each value", () => {
  expect(
    variableFiles({ A_FILE: "database.password", B_FILE: "database.password", C: "key", D_FILE: "secret.Mail" }),
  ).toEqual([
    { variable: "A_FILE", file: "value_database_password", source: "database.password" },
    { variable: "B_FILE", file: "value_database_password", source: "database.password" },
    { variable: "D_FILE", file: "value_secret_mail", source: "secret.Mail" },
  ]);
});

test.each([
  ["database.host", "there is no database.host: SQLite is a file; set database.engine to postgresql"],
  ["storage.bucket", "there is no storage.bucket: set storage"],
  ["services.redis.url", "there is no service redis: add it to app.services"],
  ["secret.MAIL", "there is no secret MAIL: run 'pulumi config set --secret --path homeport:appSecrets.MAIL'"],
])("where nothing gives %s, that is said with what would", (source, why) => {
  expect(missingSources({ NAME: source, KEY: "key" }, ["key"])).toEqual([{ name: "NAME", why }]);
  expect(missingSources({ NAME: source }, [source])).toEqual([]);
});

test("a shell reads every value as it is", () => {
  const values = { A: 'it\'s $HOME `id` \\ "x"', B: "two\nlines", C: "", D: "-n" };
  const script = `${renderVariables(values)}env -0`;
  const { stdout } = spawnSync("sh", ["-ec", script], { encoding: "utf8", env: { PATH: process.env["PATH"] } });
  const entries = stdout
    .split("\0")
    .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)] as const);
  expect(Object.fromEntries(entries)).toMatchObject(values);
  expect(renderVariables({ B: "2", A: "1" })).toBe(renderVariables({ A: "1", B: "2" }));
});
