import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BadLuck } from "../../support/bad-luck";
import { Lab } from "../../support/lab";
import { StackRun } from "../../support/lab-stack";

/** What changes before the routes would: by a bad version, or because the bad one before is gone again. */
export const BEFORE_THE_ROUTES = [
  ...["app-image", "app-transfer", "app-facts", "app-volumes"],
  ...["app-release", "app-release-run", "app-web", "app-worker", "app-worker-repair", "app-gate"],
];

/** Seconds for a version that never answers; the lab's own number suits slow processors. */
const PATIENCE = 8;

const KEEPS_SERVING = "the previous version still serves";
const AGAIN = "then run 'pulumi up' again";

/** How a project or its settings are wrong so that a version starts and no visitor could use it. What every change is tested with comes first. */
export const MOST_TELLING: readonly BadLuck[] = [
  {
    name: "a server that listens on 127.0.0.1",
    settings: () => ({ "homeport:app": { command: "python -m gunicorn mysite.wsgi --bind 127.0.0.1:8000" } }),
    says: () => [
      /app-web-\w+ listens on 127\.0\.0\.1:8000 only, where the proxy cannot reach it on pi; /,
      ...[KEEPS_SERVING, "Let its server listen on 0.0.0.0:8000, in the image's CMD or in app.command", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "ALLOWED_HOSTS without the site's name",
    settings: () => ({
      "homeport:app": { adapter: { keep: ["hosts"] }, environment: { DJANGO_ALLOWED_HOSTS: "elsewhere.example" } },
    }),
    says: () => [
      /app-web-\w+ answers 400 to https:\/\/www\.weblog\.test\/: its ALLOWED_HOSTS most likely lacks www\.weblog\.test; /,
      ...[KEEPS_SERVING, "Add the name to ALLOWED_HOSTS", "or 'hosts' from app.adapter.keep", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "a redirect to HTTPS by who cannot see it",
    settings: () => ({ "homeport:app": { adapter: { keep: ["proxy"] } } }),
    broken: withLines("RUN echo 'SECURE_SSL_REDIRECT = True' >>mysite/settings.py"),
    says: () => [
      /app-web-\w+ redirects https:\/\/www\.weblog\.test\/ to itself/,
      ...[KEEPS_SERVING, "Set SECURE_PROXY_SSL_HEADER", "or 'proxy' from app.adapter.keep", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "DEBUG left on",
    settings: () => ({
      "homeport:app": { adapter: { keep: ["debug"] }, environment: { DJANGO_DEBUG: "True" } },
    }),
    says: () => [
      /app-web-\w+ shows Django's debug pages: DEBUG is on/,
      ...[KEEPS_SERVING, "Set DEBUG to False", "or 'debug' from app.adapter.keep", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "a worker that ends at once",
    settings: () => ({ "homeport:app": { processes: { worker: { command: "python manage.py qcluster" } } } }),
    says: () => [
      "Unknown command: 'qcluster'",
      /app-worker-\w+ exited by itself on pi, the last time with exit code 1; /,
      ...[KEEPS_SERVING, AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
];

/** What a release is tested with in addition. */
export const BAD_PROJECTS: readonly BadLuck[] = [
  {
    name: "a port that nothing listens on",
    settings: () => ({
      "homeport:app": {
        command: "python -m gunicorn mysite.wsgi --bind 0.0.0.0:8000",
        ...{ port: 8100, health: { seconds: PATIENCE } },
      },
    }),
    says: () => [
      /nothing listens on port 8100 in app-web-\w+ on pi, but on 8000; /,
      ...[KEEPS_SERVING, "Set app.port to the port of the site", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "a database file in the image",
    settings: () => ({ "homeport:app": { adapter: { keep: ["database"] } } }),
    says: () => [
      /the release of homeport-dev failed on pi with exit code \d+ in: python manage\.py migrate/,
      ...[KEEPS_SERVING, "Its SQLite file is in the image", "put it below /data, or name its directory in app.volumes"],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "an ENTRYPOINT that serves whatever it is given",
    broken: withLines('ENTRYPOINT ["sh", "-c", "exec python3 -m gunicorn mysite.wsgi --bind 0.0.0.0:8000"]'),
    says: () => [
      "the image's ENTRYPOINT starts its server whatever command it is given",
      ...[KEEPS_SERVING, "Set app.releaseEntrypoint to false"],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "a health check that cannot run",
    settings: () => ({ "homeport:app": { health: { command: ["curlx", "-f", "http://127.0.0.1:8000/"] } } }),
    says: () => [
      /the health check of app-web-\w+ cannot run on pi: .*curlx/,
      ...[KEEPS_SERVING, "Correct app.health.command, or remove it", AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "a release command that does not exist",
    settings: () => ({ "homeport:app": { release: ["python manage.py createadmin"] } }),
    says: () => [
      "Unknown command: 'createadmin'",
      /the release of homeport-dev failed on pi with exit code 1 in: python manage\.py createadmin \(of app\.release\); /,
      ...[KEEPS_SERVING, AGAIN],
    ],
    touches: BEFORE_THE_ROUTES,
  },
  {
    name: "another project in the place of the one that has the data",
    broken: withLines(
      "RUN mkdir -p bakery/migrations && touch bakery/__init__.py bakery/migrations/__init__.py",
      `RUN sed -i 's/"weblog",/"bakery",/' mysite/settings.py && echo 'urlpatterns = []' >mysite/urls.py`,
    ),
    says: () => [
      "This database belongs to another project: it has the tables of weblog, and this project's own apps are bakery.",
      "Deploy this project as a stack of its own",
      KEEPS_SERVING,
    ],
    touches: BEFORE_THE_ROUTES,
  },
];

/** Builds the application from the image that serves and some lines more. */
function withLines(...lines: readonly string[]) {
  return async ({ stack, machines }: Lab, action: () => Promise<StackRun>): Promise<StackRun> => {
    const context = await mkdtemp(join(tmpdir(), "homeport-lab-tests-"));
    const serves = "sed -n 's/^homeport-dev app-web/app-web/p' /var/lib/homeport/*/serves";
    const image = (await machines.pi.run(`docker inspect --format '{{.Config.Image}}' $(${serves})`)).trim();
    const text = [`FROM ${image}`, "USER root", ...lines, "USER 10001:10001", ""].join("\n");
    await writeFile(join(context, "Dockerfile"), text);
    try {
      return await stack.withSettings({ "homeport:app": { context } }, action);
    } finally {
      await rm(context, { recursive: true });
    }
  };
}
