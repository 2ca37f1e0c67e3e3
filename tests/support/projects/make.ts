import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeChannels } from "./channels";
import { makeGuide } from "./guide";
import { makeStartproject } from "./startproject";
import { makeWagtail } from "./wagtail";

/** How a project is made, by its name. */
const MAKERS = {
  guide: makeGuide,
  startproject: makeStartproject,
  wagtail: makeWagtail,
  channels: makeChannels,
} as const;

/** A project that is deployed as its author wrote it. */
export type ProjectKind = keyof typeof MAKERS;

/** All of them. */
export const PROJECT_KINDS = Object.keys(MAKERS) as ProjectKind[];

/** Makes a project in a folder, which need not exist. Needs Python with `venv`, and at the first time PyPI. */
export async function makeProject(kind: ProjectKind, directory: string): Promise<void> {
  await MAKERS[kind](directory);
}

/** Docker Hub's Python at the top of a Dockerfile or of one of its stages. */
const FROM_PYTHON = /^FROM python:\S+/gm;

/** Has a project's Dockerfile begin with another image, where there is no Docker Hub. Nothing else of a project is ever changed. */
export async function buildOn(directory: string, image: string): Promise<void> {
  const file = join(directory, "Dockerfile");
  const text = await readFile(file, "utf8");
  const replaced = text.replace(FROM_PYTHON, `FROM ${image}`);
  if (replaced === text) throw new Error(`${file} does not begin with an image of Python:\n${text}`);
  await writeFile(file, replaced);
}
