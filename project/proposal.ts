import * as path from "node:path";

import { ComposeService } from "./process-files";
import { Project } from "./inspect";
import { PORT } from "./servers";
import { sourceOf } from "./variable-sources";

/** A line of `homeport:app` that a project needs, and why. */
export interface ProposedLine {
  readonly name: string;
  readonly value: unknown;
  readonly reason: string;
}

/** What a project needs of the settings. */
export interface Proposal {
  readonly lines: readonly ProposedLine[];
  /** What no line can give: a sentence each. */
  readonly notes: readonly string[];
}

/** Looks through what was found for what Homeport would not do by itself; `context` is the folder as the settings name it. */
export function proposal(project: Project, context: string): Proposal {
  const services = servicesOf(project);
  const { environment, sources, notes } = variablesOf(project, services.length > 0);
  const lines: readonly (ProposedLine | undefined)[] = [
    { name: "context", value: context, reason: contextReason(project) },
    dockerfileLine(project),
    ...serverLines(project),
    releaseLine(project),
    adminLine(project),
    group("environment", environment),
    group("variables", sources),
    group("processes", processesOf(project)),
    group("services", services),
  ];
  return {
    lines: lines.filter((line) => line !== undefined),
    notes: [...databaseNotes(project), ...otherServices(project), ...notes],
  };
}

/** An entry of a line whose value is a group. */
interface Entry {
  readonly name: string;
  readonly value: unknown;
  readonly reason: string;
}

function group(name: string, entries: readonly Entry[]): ProposedLine | undefined {
  if (entries.length === 0) return undefined;
  return {
    name,
    value: Object.fromEntries(entries.map((entry) => [entry.name, entry.value])),
    reason: entries.map((entry) => `${entry.name}: ${entry.reason}`).join("\n"),
  };
}

function contextReason({ django, dockerfile, dependencies, asgiReason }: Project): string {
  const image =
    dockerfile === undefined
      ? `no Dockerfile: one is written from ${[dependencies?.lock ?? dependencies?.file ?? ""].join("")}`
      : `image by ${dockerfile.file}`;
  const server =
    asgiReason === undefined ? (django?.wsgi ?? django?.asgi ?? "") : `${django?.asgi ?? ""} (ASGI: ${asgiReason})`;
  return `settings ${django?.settings ?? "unknown"}, ${server}; ${image}`;
}

function dockerfileLine({ dockerfile }: Project): ProposedLine | undefined {
  if (dockerfile === undefined || dockerfile.file === "Dockerfile") return undefined;
  return {
    name: "dockerfile",
    value: dockerfile.file,
    reason: "the Dockerfile is not at the top, or has another name",
  };
}

/** The service of a compose file that serves the site. */
function webService({ compose }: Project): ComposeService | undefined {
  const built = (compose?.services ?? []).filter(({ build }) => build);
  return (
    built.find(({ name }) => /^(web|django|app|site|backend|server)$/.test(name)) ??
    built.find(({ command = "" }) => SERVING.test(command))
  );
}

const SERVING = /\b(gunicorn|uvicorn|daphne|hypercorn|granian|uwsgi|waitress-serve)\b/;

function serverLines(project: Project): (ProposedLine | undefined)[] {
  const { dockerfile, procfile, compose } = project;
  if (dockerfile === undefined) return [];
  const composed = webService(project)?.command;
  // runserver is for development, whoever starts it.
  const given = composed !== undefined && !composed.includes("runserver") ? composed : procfile.web;
  const lacks = dockerfile.command === undefined && !SERVING.test(dockerfile.entrypoint ?? "") && given !== undefined;
  const port = boundPort(lacks ? given : (dockerfile.command ?? dockerfile.entrypoint ?? ""));
  return [
    lacks
      ? {
          name: "command",
          value: given,
          reason: `${dockerfile.file} has no CMD, ${given === composed ? (compose?.file ?? "") : "Procfile"} has this`,
        }
      : undefined,
    port !== undefined && port !== (dockerfile.port ?? PORT)
      ? {
          name: "port",
          value: port,
          reason: `the command listens there, and ${dockerfile.port === undefined ? "there is no EXPOSE" : `EXPOSE says ${dockerfile.port}`}`,
        }
      : undefined,
  ];
}

/** The port in a server's command, as far as it is a number there. */
function boundPort(command: string): number | undefined {
  const words = command.replace(/["',[\]]+/g, " ");
  const found =
    /(?:0\.0\.0\.0|\[?::\]?|\s\*)?:(\d{2,5})(?=\s|$)/.exec(words)?.[1] ??
    /\s(?:-p|--port)[ =](\d{2,5})/.exec(words)?.[1];
  return found === undefined ? undefined : Number(found);
}

function releaseLine({ procfile }: Project): ProposedLine | undefined {
  const { release } = procfile;
  // Migrations run by default.
  if (release === undefined || /^python3?\s+\S*manage\.py\s+migrate(\s+--no-?input)?$/.test(release)) return undefined;
  return {
    name: "release",
    value: [release],
    reason: "the Procfile's release; instead of Homeport's own commands, which migrate and make the administrator",
  };
}

function adminLine({ django }: Project): ProposedLine | undefined {
  const paths = [...new Set((django?.admins ?? []).filter((at) => at !== "/"))];
  if (paths.length === 0 || paths.join(" ") === "/admin/") return undefined;
  return {
    name: "adminPath",
    value: paths.length === 1 ? paths[0] : paths,
    reason: "closed on the internet: what the URLs say at first sight",
  };
}

/** Tools of development, and what needs an address of its own. */
const NO_PROCESS =
  /^(docs?|node|npm|vite|webpack|frontend|mailpit|mailhog|flower|adminer|pgadmin|nginx|traefik|caddy|proxy|migrat.*|init.*|test.*|release|web)$/;

function processesOf(project: Project): Entry[] {
  const { procfile, compose } = project;
  const web = webService(project);
  const composed = (compose?.services ?? [])
    .filter((one) => one.build && one !== web && one.command !== undefined && !SERVING.test(one.command))
    .map(({ name, command = "" }) => ({ name, command, file: compose?.file ?? "" }));
  const fromProcfile = Object.entries(procfile).map(([name, command]) => ({ name, command, file: "Procfile" }));
  // Both say the same; the compose file says it for containers.
  const all = composed.length > 0 ? composed : fromProcfile;
  return all
    .filter(({ name, command }) => !NO_PROCESS.test(name) && !/runserver|\bflower\b/.test(command))
    .map(({ name, command, file }) => {
      const single = /(?<!heart)beat\b|scheduler/.test(`${name} ${command}`);
      return {
        name: name.toLowerCase().replace(/[^a-z0-9-]+/g, "-"),
        value: { command, ...(single ? { instances: 1 } : {}) },
        reason: `${file}${single ? "; twice it would do everything twice" : ""}`,
      };
    });
}

const REDIS_PACKAGES = ["channels-redis", "django-redis", "redis", "django-rq", "rq"];

function servicesOf({ compose, dependencies }: Project): Entry[] {
  const composed = (compose?.services ?? []).find(({ image }) => /(^|\/)(redis|valkey)(:|$|-)/.test(image ?? ""));
  const name = REDIS_PACKAGES.find((one) => dependencies?.packages[one] !== undefined);
  if (composed === undefined && name === undefined) return [];
  return [
    {
      name: "redis",
      value: {},
      reason:
        composed === undefined
          ? `its packages have ${name ?? ""}`
          : `${compose?.file ?? ""} has ${composed.image ?? ""}`,
    },
  ];
}

/** Images that Homeport runs itself, that stand before a site, or that are for development. */
const NO_SERVICE =
  /^(redis|valkey|postgres|postgresql|postgis|pgvector|nginx|traefik|caddy|mailpit|mailhog|adminer|pgadmin4?)$/;

function otherServices({ compose, directory }: Project): string[] {
  return (compose?.services ?? []).flatMap(({ name, image = "" }) => {
    const base = path.posix.basename(image).replace(/[:@].*$/, "");
    // An image of the project itself is what is built here.
    if (base === "" || NO_SERVICE.test(base) || base === path.basename(directory)) return [];
    return [`${compose?.file ?? ""} has ${name} (${image}): where the site needs it, add it to app.services`];
  });
}

function databaseNotes({ dependencies, django, compose }: Project): string[] {
  const says = [
    ...["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary"]
      .filter((name) => dependencies?.packages[name] !== undefined)
      .map((name) => `its packages have ${name}`),
    ...(compose?.services ?? []).flatMap(({ image = "" }) =>
      /(^|\/)(postgres|postgis|pgvector)/.test(image) ? [`${compose?.file ?? ""} has ${image}`] : [],
    ),
    ...(django?.files ?? []).flatMap(({ name, text }) =>
      /django\.contrib\.postgres|backends\.postgis/.test(text) ? [`${name} uses what PostgreSQL alone has`] : [],
    ),
  ];
  const [first] = says;
  return first === undefined
    ? []
    : [
        `${first}: for PostgreSQL set homeport:database to {engine: postgresql, server: NAME}; without it the database is SQLite`,
      ];
}

/** Values that are no secrets, for settings that ask for them and are overruled by Homeport. */
const OVERRULED: Readonly<Record<string, string>> = {
  ALLOWED_HOSTS: "localhost",
  DEBUG: "False",
  DJANGO_DEBUG: "False",
};

function variablesOf(
  project: Project,
  redis: boolean,
): { readonly environment: readonly Entry[]; readonly sources: readonly Entry[]; readonly notes: readonly string[] } {
  const { django, dockerfile, variables } = project;
  const environment: Entry[] = [];
  const sources: Entry[] = [];
  const notes: string[] = [];
  const named = dockerfile === undefined || dockerfile.environment.DJANGO_SETTINGS_MODULE !== undefined;
  if (!named && django !== undefined && django.settings !== undefined && django.settings !== django.manageSettings)
    environment.push({
      name: "DJANGO_SETTINGS_MODULE",
      value: django.settings,
      reason: `manage.py would take ${django.manageSettings ?? "another"}`,
    });
  const set = dockerfile?.environment ?? {};
  for (const { name, hasDefault, file } of variables.filter((one) => set[one.name] === undefined)) {
    const source = sourceOf(name, redis);
    const value = OVERRULED[name];
    if (source === "given") continue;
    // Key and database are set over whatever default there is; nothing else would know of a service.
    if (source !== undefined && (!hasDefault || source.startsWith("services.")))
      sources.push({ name, value: source, reason: `${file} reads it` });
    else if (!hasDefault && value !== undefined)
      environment.push({ name, value, reason: `${file} asks for it, and Homeport sets what it is for` });
    else if (!hasDefault)
      notes.push(
        `${file} asks for ${name}: pulumi config set --secret --path homeport:appSecrets.${name}, or a line in app.environment where it is no secret`,
      );
  }
  return { environment, sources, notes };
}
