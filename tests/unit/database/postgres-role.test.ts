import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { renderPostgresHba } from "../../../components/database/postgres-config";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { describeWhere, Ended, missingTool } from "../../support/tools";

const root = temporaryDirectory();

/** A container as files. What is run in it finds a `cat` of its own, which knows one file. */
const DOCKER = `case $1 in
  inspect)
    [ "$4" = 0123abcd ] || { echo "Error: No such object: $4" >&2; exit 1; }
    head -n 1 "$FAKES/health"
    [ "$(wc -l <"$FAKES/health")" -eq 1 ] || sed -i 1d "$FAKES/health" ;;
  logs) echo "FATAL: could not open file" ;;
  exec)
    shift 3
    echo "$*" >>"$FAKES/asked"
    PATH="$FAKES/inside:$PATH" PGHOST="$FAKES/socket" exec "$@" ;;
esac
`;
const CAT = `#!/bin/sh\nexec /bin/cat "$FAKES$1"\n`;

function container(health: string, psql?: string): FakePrograms {
  const fakes = new FakePrograms(root, { docker: DOCKER, sleep: "" });
  writeFiles(fakes.directory, { health, "run/secrets/password": "it's a PASSWORD\n" });
  writeFiles(`${fakes.directory}/inside`, { cat: CAT, ...(psql === undefined ? {} : { psql }) }, 0o755);
  return fakes;
}

// Longer than any test takes, unless the wait itself is to run out.
const setRole = (fakes: FakePrograms, { id = "0123abcd", seconds = 60 } = {}): Ended =>
  fakes.pipe("database/postgres-role.sh", `${id}\ndjango\n0011223344556677\n`, `HEALTHY_SECONDS=${seconds}`);

const PSQL = `#!/bin/sh\n/bin/cat >"$FAKES/sql"\n`;

test("the role is set once the container is healthy, and no argument has the password", () => {
  const fakes = container("starting\nstarting\nhealthy\n", PSQL);
  expect(setRole(fakes)).toEqual({ code: 0, stdout: "PostgreSQL has the role django\n", stderr: "" });
  expect(fakes.read("sql")).toContain("ALTER ROLE");
  expect(fakes.read("asked")).toContain("--set role=django");
  expect(fakes.read("asked") + fakes.read("sql")).not.toContain("PASSWORD'\n");
});

test("a container that does not become healthy is reported with its last lines", () => {
  const fakes = container("unhealthy\n", PSQL);
  const { code, stderr } = setRole(fakes, { seconds: 0 });
  expect(code).toBe(1);
  expect(stderr).toBe("homeport: PostgreSQL is 'unhealthy' after 0 s; its last lines: FATAL: could not open file\n");
  expect(fakes.read("sql")).toBe("");
});

test("a container that is gone is a failure", () => {
  const { code, stderr } = setRole(container("healthy\n", PSQL), { id: "another" });
  expect(code).not.toBe(0);
  expect(stderr).toContain("No such object: another");
  expect(stderr).toContain("homeport: the server has no PostgreSQL container another: run 'pulumi up' again");
});

test("what PostgreSQL refuses is reported with what to do", () => {
  const { code, stderr } = setRole(container("healthy\n", `#!/bin/sh\necho "ERROR: read-only" >&2\nexit 3\n`));
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^ERROR: read-only\nhomeport: PostgreSQL refused the role django: .* run 'pulumi up' again\n$/,
  );
});

describeWhere("with a PostgreSQL", missingTool("initdb", ["--version"]), () => {
  /** Nobody: PostgreSQL refuses to run as root. */
  const AS = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : ["env"];
  const as = (...words: string[]): string => {
    const { status, stderr } = spawnSync("env", [...AS, ...words], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return "";
  };
  const fakes = container("healthy\n");
  const at = (name: string): string => path.join(fakes.directory, name);
  let server: ReturnType<typeof spawn>;

  beforeAll(() => {
    spawnSync("chmod", ["-R", "o+rx", root]);
    writeFiles(fakes.directory, { "pg_hba.conf": renderPostgresHba().replace("hostssl", "host") });
    spawnSync("install", ["-d", "-m", "0777", at("data"), at("socket")]);
    if (process.getuid?.() === 0) spawnSync("chown", ["65534:65534", at("data"), at("socket")]);
    as("initdb", "--no-sync", "--username=postgres", "--auth=trust", `--pgdata=${at("data")}`);
    server = spawn(
      "env",
      [
        ...AS,
        "postgres",
        ...["-D", at("data"), "-k", at("socket")],
        ...["-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_statement=all"],
        ...["-c", `hba_file=${at("pg_hba.conf")}`],
        ...["-c", "logging_collector=on", "-c", `log_directory=${at("data")}`, "-c", "log_filename=server.log"],
      ],
      { stdio: "ignore" },
    );
    const until = Date.now() + 30_000;
    while (spawnSync("pg_isready", ["-q", "-h", at("socket")]).status !== 0) {
      if (Date.now() > until) throw new Error("PostgreSQL does not answer");
    }
  }, 60_000);
  afterAll(async () => {
    const ended = once(server, "exit");
    server.kill("SIGINT");
    await ended;
  });

  const ask = (sql: string): string =>
    spawnSync("psql", ["-XAt", "-h", at("socket"), "-U", "postgres", "-c", sql], { encoding: "utf8" }).stdout.trim();
  const kept = (): string => ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'django'");

  test("the role has its database and no power, again and again", () => {
    const done = { code: 0, stdout: "PostgreSQL has the role django\n", stderr: "" };
    expect([setRole(fakes), setRole(fakes)]).toEqual([done, done]);
    expect(ask("SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'django'")).toBe(
      "t|f|f|f",
    );
    expect(ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'django'")).toBe("django");
  });

  test("the password is kept as SCRAM, and another one takes its place", () => {
    const before = kept();
    expect(before).toMatch(/^SCRAM-SHA-256\$/);
    writeFiles(fakes.directory, { "run/secrets/password": "another PASSWORD\n" });
    expect(setRole(fakes).code).toBe(0);
    expect(kept()).toMatch(/^SCRAM-SHA-256\$/);
    expect(kept()).not.toBe(before);
  });

  test("no log has a password, not even where every statement is logged", () => {
    expect(existsSync(at("data/server.log"))).toBe(true);
    const log = readFileSync(at("data/server.log"), "utf8");
    expect(log).toContain("SET log_min_error_statement");
    expect(log).not.toContain("PASSWORD'");
  });
});
