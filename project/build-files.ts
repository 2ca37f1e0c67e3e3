import { UserError } from "../lib/errors";
import { Folder } from "./folder";
import { Project } from "./inspect";
import { PythonVersion, pythonVersion } from "./python-version";
import { finalStage } from "./stage-final";
import { frontEndStage, NODE } from "./stage-front-end";
import { isExported, lockStage, packagesStage } from "./stage-packages";

/** What builds an image of a project that has no Dockerfile. */
export interface BuildFiles {
  readonly dockerfile: string;
  /** `Dockerfile.dockerignore`, to lie beside it. */
  readonly dockerignore: string;
}

/** What a build depends on beside the project. */
export interface BuildWishes {
  /** Whether the site's database is PostgreSQL: its driver is added where the project has none. */
  readonly postgres: boolean;
}

/** Files of a workstation that belong in no image, and what tools leave behind. */
const IGNORED = [
  ...["**/.git", "**/.hg", "**/.env", "**/.env.*", "**/*.sqlite3", "**/*.sqlite3-*", "**/id_rsa", "**/id_ed25519"],
  ...["**/node_modules", "**/.venv", "**/venv", "**/__pycache__", "**/*.py[co]", "**/.homeport"],
  ...["**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache", "**/.tox", "**/.nox", "**/.coverage", "**/htmlcov"],
  ...["**/.idea", "**/.vscode", "**/.DS_Store"],
];

/** The Dockerfile of a project, and what it leaves out. Throws a UserError where the project lacks what an image needs. */
export function buildFiles(project: Project, wishes: BuildWishes): BuildFiles {
  const { django, dependencies, frontEnd, directory, dockerignore = "", mediaFolders } = project;
  if (django === undefined)
    throw new UserError(
      `app.context: ${directory} has neither a Dockerfile nor a manage.py (down to two levels): name the folder of a Django project, or add a Dockerfile`,
    );
  if (dependencies === undefined)
    throw new UserError(
      `app.context: ${directory} has no Dockerfile, and no requirements.txt, pyproject.toml or Pipfile to build an image from: write its packages down ('pip freeze > requirements.txt'), or add a Dockerfile`,
    );
  const exported = isExported(dependencies) ? dependencies : undefined;
  const stages = [
    [
      "# Written by Homeport for a project without a Dockerfile: changes here are lost. To change it, copy it into the project.",
      "ARG PYTHON_IMAGE=python:3-slim",
      ...(exported === undefined
        ? []
        : ["# Where the lock file is read: it says the same on every processor.", "ARG LOCK_PLATFORM=$BUILDPLATFORM"]),
      ...(frontEnd === undefined ? [] : [`ARG NODE_IMAGE=node:${frontEnd.node ?? NODE}-slim`]),
    ],
    ...(exported === undefined ? [] : [lockStage(exported)]),
    packagesStage(project, dependencies, wishes.postgres),
    ...(frontEnd === undefined ? [] : [frontEndStage(frontEnd)]),
    finalStage(project, wishes.postgres),
  ];
  return {
    dockerfile: stages.map((lines) => `${lines.join("\n")}\n`).join("\n"),
    dockerignore: [
      ...(dockerignore.trim() === "" ? [] : ["# The project's own rules.", dockerignore.trimEnd()]),
      ...["# Homeport's.", ...IGNORED, ...mediaFolders, ""],
    ].join("\n"),
  };
}

/** The Python that a project needs where that of the image `usual` is not right for it; undefined: nothing against that one. */
export function projectPython(project: Project, usual: string): PythonVersion | undefined {
  const version = /:(3\.\d+)/.exec(usual)?.[1];
  if (version === undefined) return undefined;
  const folders = [...new Set(["", project.django?.root ?? ""])];
  return pythonVersion(new Folder(project.directory), folders, project.dependencies, version);
}
