import * as path from "node:path";

import { Dependencies, dependenciesOf } from "./dependencies";
import { DjangoLayout, djangoLayout } from "./django";
import { DockerfileFacts, dockerfileFacts } from "./dockerfile-facts";
import { Folder, joined } from "./folder";
import { FrontEnd, frontEndOf } from "./front-end";
import { Compose, composeOf, procfileOf } from "./process-files";
import { unlistedDependencies } from "./unlisted";
import { Variable, variablesOf } from "./variables";

/** What a project says of itself. Nothing of it is run, and nothing is asked of the network. */
export interface Project {
  /** Absolute. */
  readonly directory: string;
  /** Undefined: no manage.py was found, so it is no Django project. */
  readonly django: DjangoLayout | undefined;
  readonly dockerfile: DockerfileFacts | undefined;
  /** Lines of the Procfile, by the name of the process. */
  readonly procfile: Readonly<Record<string, string>>;
  readonly compose: Compose | undefined;
  readonly dependencies: Dependencies | undefined;
  readonly frontEnd: FrontEnd | undefined;
  /** Variables that the settings of the server read. */
  readonly variables: readonly Variable[];
  /** Where it should be served by ASGI, the reason; else undefined. */
  readonly asgiReason: string | undefined;
  /** Whether the code lies in src/ below manage.py's folder, where Python does not look by itself. */
  readonly sourceFolder: string | undefined;
  /** Folders of uploads: those called media that hold no Python. */
  readonly mediaFolders: readonly string[];
  /** The text of its own .dockerignore. */
  readonly dockerignore: string | undefined;
}

/** Looks at a project's folder. */
export function inspectProject(directory: string): Project {
  const folder = new Folder(path.resolve(directory));
  const compose = composeOf(folder);
  const dockerfile = dockerfileOf(folder, compose);
  const django = djangoLayout(folder, dockerfile?.environment.DJANGO_SETTINGS_MODULE);
  const near = [...new Set(["", ...(django === undefined ? [] : [django.root])])];
  const dependencies = dependenciesOf(folder, near) ?? unlistedDependencies(folder, django);
  const source = django === undefined ? "" : joined(django.root, "src");
  return {
    directory: folder.directory,
    ...{ django, dependencies, dockerfile, compose },
    procfile: procfileOf(folder),
    frontEnd: frontEndOf(folder, folder.directories(1)),
    variables: variablesOf(django?.files ?? []),
    asgiReason: django === undefined ? undefined : asgiReason(django, dependencies),
    sourceFolder: source !== "" && folder.hasDirectory(source) ? source : undefined,
    mediaFolders: near
      .map((at) => joined(at, "media"))
      .filter((at) => folder.hasDirectory(at) && !folder.list(at).some((name) => name.endsWith(".py"))),
    dockerignore: folder.read(".dockerignore"),
  };
}

/** Folders that Dockerfiles are put into, the usual one first; the last two are cookiecutter-django's. */
const DOCKER_FOLDERS = [
  ...["", "docker", ".docker", "deploy", "contrib/docker"],
  ...["compose/production/django", "docker/production/django"],
];

/** The usual one, then what a compose file names, then any that is not for development. */
function dockerfileOf(folder: Folder, compose: Compose | undefined): DockerfileFacts | undefined {
  const composed = (compose?.services ?? []).flatMap(({ dockerfile }) =>
    dockerfile === undefined ? [] : [joined(dockerfile)],
  );
  const others = DOCKER_FOLDERS.flatMap((at) =>
    folder
      .list(at)
      .filter((name) => /^Dockerfile([.-]\w+)?$|\.Dockerfile$/.test(name) && !/dev|test|local|ci\b|base/i.test(name))
      .sort((one, other) => rank(one) - rank(other))
      .map((name) => joined(at, name)),
  );
  const file = ["Dockerfile", ...composed, ...others].find((name) => folder.has(name));
  return file === undefined ? undefined : dockerfileFacts(file, folder.read(file) ?? "");
}

function rank(name: string): number {
  const found = [/^Dockerfile$/, /prod/i, /default/i].findIndex((usual) => usual.test(name));
  return found === -1 ? 3 : found;
}

/** Servers of ASGI alone. */
const ASGI_SERVERS = ["uvicorn", "uvicorn-worker", "daphne", "hypercorn"];

function asgiReason(django: DjangoLayout, dependencies: Dependencies | undefined): string | undefined {
  if (django.asgi === undefined) return undefined;
  if (django.wsgi === undefined) return "there is an asgi.py and no wsgi.py";
  if (django.channels || dependencies?.packages.channels !== undefined) return "it uses channels";
  const server = ASGI_SERVERS.find((name) => dependencies?.packages[name] !== undefined);
  if (server !== undefined) return `its requirements have ${server}`;
  return django.asgiOnly ? "its settings name only an ASGI_APPLICATION" : undefined;
}
