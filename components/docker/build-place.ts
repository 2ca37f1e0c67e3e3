import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { buildFiles, inspectProject, projectPython } from "../../project";
import { VERSIONS } from "../../settings";
import { messageOf, UserError } from "../../lib/errors";
import { ownFile } from "../../lib/own-folder";
import { linkHome } from "../../lib/user-file";
import { BuildPlace } from "./context";

/** An application's sources, and how its image is built from them. */
export interface BuildSources {
  /** Directory of the build context; it may begin with `~/`. */
  readonly context: string;
  /** Path of the Dockerfile from the context; it may lie outside. Where there is none of the usual name, one is written. */
  readonly dockerfile: string;
  readonly platform: string;
  /** Build argument PYTHON_IMAGE. */
  readonly pythonImage: string;
  /** Further build arguments, by name. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Name of the image without tag. */
  readonly repository: string;
  /** Whether the site's database is PostgreSQL; only matters without a Dockerfile. Default: false. */
  readonly postgres?: boolean | undefined;
}

/** A build as the engine is asked for it. */
export interface Build extends BuildPlace {
  /** Undefined: the project has a Dockerfile; else what the written one says, in a line. */
  readonly written: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** The name by which a Dockerfile is looked for first. */
const USUAL = "Dockerfile";

/**
 * Where an image is built, and with what arguments. For a project without a Dockerfile one is written to `.homeport/build/NAME`, at preview as well; that needs
 * no network. Throws a UserError that names the setting.
 */
export function buildPlace({ context: given, dockerfile, repository, ...sources }: BuildSources): Build {
  const context = linkHome(given);
  refuseMissing(given, context);
  const { platform, pythonImage, buildArgs, postgres = false } = sources;
  const elsewhere = path.isAbsolute(dockerfile) || dockerfile.startsWith("~/");
  const own = elsewhere ? linkHome(dockerfile) : path.join(context, dockerfile);
  const exists = existsSync(own);
  if (!exists && dockerfile !== USUAL)
    throw new UserError(
      `app.dockerfile: there is no ${elsewhere ? dockerfile : path.join(given, dockerfile)}: name a Dockerfile by its path from app.context`,
    );
  if (exists)
    return { context, dockerfile: own, written: undefined, buildArgs: { ...buildArgs, PYTHON_IMAGE: pythonImage } };
  const project = inspectProject(context);
  const file = ownFile("build", repository, USUAL);
  const files = buildFiles(project, { postgres });
  writeIfOther(file, files.dockerfile);
  writeIfOther(`${file}.dockerignore`, files.dockerignore);
  const python = pythonImage === VERSIONS.python ? projectPython(project, pythonImage) : undefined;
  return {
    context,
    dockerfile: file,
    written: `app.context: ${given} has no Dockerfile, so its image is built by ${file}${python === undefined ? "" : `, with Python ${python.version} (${python.reason})`}`,
    buildArgs: {
      // An image of one's own may be for the server's processor alone.
      ...(isDockerHubs(pythonImage) ? {} : { LOCK_PLATFORM: platform }),
      ...buildArgs,
      PYTHON_IMAGE: python === undefined ? pythonImage : withPython(pythonImage, python.version),
    },
  };
}

/** The usual image with another Python; a digest is that of one tag. */
function withPython(image: string, version: string): string {
  return image.replace(/@.*$/, "").replace(/:3\.\d+/, `:${version}`);
}

// Docker Hub's Python images exist for every processor.
function isDockerHubs(image: string): boolean {
  return /^(?:docker\.io\/)?(?:library\/)?python:/.test(image);
}

function refuseMissing(given: string, context: string): void {
  try {
    if (statSync(context).isDirectory()) return;
  } catch (error) {
    throw new UserError(`app.context: cannot read ${given}: ${messageOf(error)}`);
  }
  throw new UserError(`app.context: ${given} is no folder: name the folder that the image is built from`);
}

function writeIfOther(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
