import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { adopt, proposedText, withProposal } from "../../../commands/adopt";
import { inspectProject, proposal } from "../../../project";
import { workingDirectory } from "../../support/directory";
import { entry, managePy, project, SETTINGS, startProject } from "../project/sample-projects";

const root = workingDirectory();

let printed: string;

beforeEach(() => {
  printed = "";
  delete process.env.INIT_CWD;
  writeFileSync("Pulumi.yaml", "name: homeport\nruntime: nodejs\n");
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** The proposed lines as settings. */
function lines(directory: string): unknown {
  const text = proposedText(proposal(inspectProject(directory), "../site"), "homeport");
  return (parse(text) as { config: Record<string, unknown> }).config["homeport:app"];
}

const notes = (directory: string): readonly string[] => proposal(inspectProject(directory), "../site").notes;

const ONE_LINE = { context: "../site" };

describe("what is proposed", () => {
  test.each([
    ["startproject without a Dockerfile", {}, ONE_LINE],
    [
      "guide one's project: Gunicorn in a Dockerfile of its own, WhiteNoise, a key from the environment",
      {
        Dockerfile:
          "FROM python:3.12\nWORKDIR /app/\nCOPY . /app/\nEXPOSE 8000\nCMD gunicorn mysite.wsgi --workers=3 --bind 0.0.0.0:8000\n",
        "mysite/settings.py": `${SETTINGS}import os\nSECRET_KEY = os.getenv("DJANGO_SECRET_KEY")\nDEBUG = os.getenv("DEBUG", "False") == "True"\n`,
      },
      ONE_LINE,
    ],
    [
      "a Procfile: release and worker, beat once",
      {
        Procfile:
          "web: gunicorn mysite.wsgi\nrelease: python manage.py migrate && python manage.py seed\nworker: celery -A mysite worker\nbeat: celery -A mysite beat\nflower: celery -A mysite flower\n",
        "requirements.txt": "django\ncelery\nredis\n",
      },
      {
        ...ONE_LINE,
        release: ["python manage.py migrate && python manage.py seed"],
        processes: {
          worker: { command: "celery -A mysite worker" },
          beat: { command: "celery -A mysite beat", instances: 1 },
        },
        services: { redis: {} },
      },
    ],
    ["a Procfile that only migrates", { Procfile: "release: python manage.py migrate --noinput\n" }, ONE_LINE],
    [
      "names for parts of the database, the key as a file, a broker",
      {
        "mysite/settings.py": `${SETTINGS}import os
K = os.environ["SECRET_KEY_FILE"]
H = os.environ["RDS_HOSTNAME"]
P = os.environ["POSTGRESQL_PASSWORD"]
W = os.environ["POSTGRES_USER"]
B = os.environ.get("CELERY_BROKER_URL", "redis://redis")
D = os.environ.get("APP_SECRET_KEY", "x")
A = os.environ["ALLOWED_HOSTS"].split(",")
`,
        "compose.yaml": "services:\n  cache:\n    image: valkey/valkey:8\n",
      },
      {
        ...ONE_LINE,
        environment: { ALLOWED_HOSTS: "localhost" },
        variables: {
          SECRET_KEY_FILE: "key",
          RDS_HOSTNAME: "database.host",
          POSTGRESQL_PASSWORD: "database.password",
          CELERY_BROKER_URL: "services.redis.url",
        },
        services: { redis: {} },
      },
    ],
    [
      "a port that no EXPOSE names",
      { Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "--bind", "0.0.0.0:5000", "mysite.wsgi"]\n' },
      { ...ONE_LINE, port: 5000 },
    ],
    [
      "a port that EXPOSE names",
      { Dockerfile: "FROM python:3.12\nEXPOSE 5000\nCMD gunicorn -b :5000 mysite.wsgi\n" },
      ONE_LINE,
    ],
    [
      "a Dockerfile elsewhere",
      { "docker/Dockerfile": "FROM python:3.12\nCMD gunicorn mysite.wsgi\n" },
      { ...ONE_LINE, dockerfile: "docker/Dockerfile" },
    ],
    [
      "two admins",
      {
        "mysite/urls.py":
          'urlpatterns = [path("django-admin/", admin.site.urls), path("cms/", include(wagtailadmin_urls))]\n',
      },
      { ...ONE_LINE, adminPath: ["/django-admin/", "/cms/"] },
    ],
  ])("%s", (_, files, expected) => {
    expect(lines(startProject(root, files))).toEqual(expected);
  });

  const COOKIECUTTER = {
    "manage.py": managePy("config.settings.local"),
    "config/wsgi.py": entry("wsgi", "config.settings.production"),
    "config/settings/__init__.py": "",
    "config/settings/production.py": `SECRET_KEY = env("DJANGO_SECRET_KEY")\nDATABASES = {"default": env.db("DATABASE_URL")}\nURL = env("REDIS_URL")\nMAIL = env("MAILGUN_API_KEY")\nWSGI_APPLICATION = "config.wsgi.application"\n`,
    "requirements/production.txt": "django\npsycopg[c]\ngunicorn\ncelery\ndjango-redis\n",
    "compose/production/django/Dockerfile": 'FROM python:3.12\nENTRYPOINT ["/entrypoint"]\n',
    "docker-compose.production.yml": `
services:
  django: &django
    build: {context: ., dockerfile: ./compose/production/django/Dockerfile}
    command: /start
  postgres: {build: {context: ., dockerfile: ./compose/production/postgres/Dockerfile}}
  redis: {image: "docker.io/redis:6"}
  search: {image: "elasticsearch:8"}
  celeryworker: {<<: *django, command: /start-celeryworker}
  celerybeat: {<<: *django, command: /start-celerybeat}
  flower: {<<: *django, command: /start-flower}
`,
  };

  test("cookiecutter-django: the command out of the compose file, processes, redis, the settings of the server", () => {
    expect(lines(project(root, COOKIECUTTER))).toEqual({
      ...ONE_LINE,
      dockerfile: "compose/production/django/Dockerfile",
      command: "/start",
      environment: { DJANGO_SETTINGS_MODULE: "config.settings.production" },
      processes: {
        celeryworker: { command: "/start-celeryworker" },
        celerybeat: { command: "/start-celerybeat", instances: 1 },
      },
      services: { redis: {} },
    });
  });

  test("what no line can give is said", () => {
    expect(notes(project(root, COOKIECUTTER))).toEqual([
      "its packages have psycopg: for PostgreSQL set homeport:database to {engine: postgresql, server: NAME}; without it the database is SQLite",
      "docker-compose.production.yml has search (elasticsearch:8): where the site needs it, add it to app.services",
      "config/settings/production.py asks for MAILGUN_API_KEY: pulumi config set --secret --path homeport:appSecrets.MAILGUN_API_KEY, or a line in app.environment where it is no secret",
    ]);
  });
});

describe("the stack's file", () => {
  const BEFORE = `# My site.
config:
  homeport:domain: example.org # bought
  homeport:app:
    # a reason of mine
    context: ../old
    workers: 2
encryptionsalt: v1:abc
`;
  const proposed = {
    lines: [
      { name: "context", value: "../site", reason: "why" },
      { name: "workers", value: 2, reason: "the same" },
      { name: "processes", value: { worker: { command: "run" } }, reason: "worker: Procfile\nbeat: none" },
    ],
    notes: ["a note"],
  };

  test("keeps comments and other settings, says what was replaced, and gives each new line its reason", () => {
    expect(withProposal(BEFORE, "Pulumi.dev.yaml", proposed, "homeport")).toEqual({
      text: `# My site.
config:
  homeport:domain: example.org # bought
  homeport:app:
    # a reason of mine
    context: ../site
    workers: 2
    # worker: Procfile
    # beat: none
    processes:
      worker:
        command: run
    # a note
encryptionsalt: v1:abc
`,
      replaced: ["context"],
    });
  });

  test("a second time changes nothing", () => {
    const { text } = withProposal(BEFORE, "Pulumi.dev.yaml", proposed, "homeport");
    expect(withProposal(text, "Pulumi.dev.yaml", proposed, "homeport")).toEqual({ text, replaced: [] });
  });

  test.each([
    ["nothing below config", "config:\n"],
    ["an empty file", ""],
    ["an empty group", "config:\n  homeport:app: {}\n"],
  ])("with %s gets the group", (_, before) => {
    const { text } = withProposal(before, "Pulumi.dev.yaml", { lines: proposed.lines.slice(0, 1), notes: [] }, "site");
    expect((parse(text) as { config: Record<string, unknown> }).config["site:app"]).toEqual({ context: "../site" });
    expect(text).toContain("    # why\n    context: ../site\n");
  });

  test.each([
    [
      "a text where the group belongs",
      "config:\n  homeport:app: nonsense\n",
      /^Pulumi\.dev\.yaml: config\/homeport:app is no group/,
    ],
    ["what is no YAML", "config: [\n", /^Pulumi\.dev\.yaml: .*: correct it first$/s],
  ])("with %s is left alone", (_, before, message) => {
    expect(() => withProposal(before, "Pulumi.dev.yaml", proposed, "homeport")).toThrow(message);
  });
});

describe("npm run adopt", () => {
  test("shows the lines with their reasons, and changes nothing", async () => {
    const directory = startProject(root, { ".python-version": "3.12\n" });
    await expect(adopt(directory, { stack: "dev" })).resolves.toBe(0);
    expect(printed).toBe(`config:
  homeport:app:
    # settings mysite.settings, mysite.wsgi:application; no Dockerfile: one is written from requirements.txt
    context: ./${path.basename(directory)}

Nothing was changed. To put this into the stack's file: npm run adopt -- ${directory} --write
`);
  });

  test("--write puts them into the stack's file; the folder is that of where you are", async () => {
    const directory = startProject(root);
    process.env.INIT_CWD = directory;
    writeFileSync("Pulumi.dev.yaml", "config:\n  homeport:domain: example.org\n");
    await expect(adopt(".", { stack: "dev", write: true })).resolves.toBe(0);
    expect(parse(readFileSync("Pulumi.dev.yaml", "utf8"))).toEqual({
      config: { "homeport:domain": "example.org", "homeport:app": { context: `./${path.basename(directory)}` } },
    });
    expect(printed).toContain("Pulumi.dev.yaml has the settings of");
  });

  test.each([
    ["a folder that is not there", "no/where", /^cannot read .*no\/where/],
    ["a file", "Pulumi.yaml", /is no folder/],
  ])("refuses %s", async (_, folder, message) => {
    await expect(adopt(folder, {})).rejects.toThrow(message);
  });

  test("refuses what it could not build, with what to do", async () => {
    await expect(adopt(project(root, { "README.md": "" }), {})).rejects.toThrow(
      /neither a Dockerfile nor a manage\.py/,
    );
    await expect(adopt(project(root, { Dockerfile: "FROM scratch\n" }), {})).rejects.toThrow(/has no manage\.py/);
  });

  test("says how to get the stack's file where there is none", async () => {
    await expect(adopt(startProject(root), { stack: "none", write: true })).rejects.toThrow(
      /^cannot read Pulumi\.none\.yaml: .*make a stack first/,
    );
  });
});
