import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { Document, isMap, isNode, parseDocument, Scalar, YAMLMap } from "yaml";

import { buildFiles, inspectProject, Proposal, proposal } from "../project";
import { messageOf, UserError } from "../lib/errors";
import { say } from "../lib/say";
import { expandHome, shortenHome } from "../lib/user-file";
import { projectName, stackFile, stackName } from "./stack";

export interface AdoptOptions {
  readonly stack?: string;
  /** Without it the command only shows what it would write. */
  readonly write?: boolean;
}

/** `npm run adopt -- FOLDER [--write]`: looks at a Django project and proposes the settings that it needs, each with its reason; `--write` puts them into the stack's file. */
export async function adopt(folder: string, { stack: asked, write = false }: AdoptOptions): Promise<number> {
  const directory = projectDirectory(folder);
  const found = inspectProject(directory);
  // Without a Dockerfile one is written at the deploy: what it lacks is said now.
  if (found.dockerfile === undefined) buildFiles(found, { postgres: false });
  if (found.django === undefined)
    throw new UserError(`${directory} has no manage.py (down to two levels): name the folder of a Django project`);
  const proposed = proposal(found, contextOf(directory));
  if (!write) {
    say(proposedText(proposed, projectName()));
    say(`\nNothing was changed. To put this into the stack's file: npm run adopt -- ${folder} --write`);
    return 0;
  }
  const file = stackFile(await stackName(asked));
  const { text, replaced } = withProposal(readText(file), file, proposed, projectName());
  writeFileSync(file, text);
  say(`${file} has the settings of ${directory} now.`);
  for (const name of replaced) say(`  app.${name} was something else before`);
  for (const note of proposed.notes) say(`  ${note}`);
  say("Read them, then run 'pulumi preview'.");
  return 0;
}

/** The proposal as a part of a stack's file; `project` is Pulumi's name of the project, the prefix of its settings. */
export function proposedText(proposed: Proposal, project: string): string {
  const { text } = withProposal("config: {}\n", "", proposed, project);
  return text.trimEnd();
}

/** A stack's file with the proposal in it. Comments and all other settings stay; `replaced` names lines of `app` that had another value. */
export function withProposal(
  before: string,
  file: string,
  { lines, notes }: Proposal,
  project: string,
): { readonly text: string; readonly replaced: readonly string[] } {
  const document = parseDocument(before);
  if (document.errors.length > 0) throw new UserError(`${file}: ${messageOf(document.errors[0])}: correct it first`);
  const config = mapAt(document, ["config"], file);
  config.flow = false;
  const app = mapAt(document, ["config", `${project}:app`], file);
  app.flow = false;
  const replaced: string[] = [];
  for (const { name, value, reason } of lines) {
    const old = document.getIn(["config", `${project}:app`, name], true);
    const same = old !== undefined && JSON.stringify(valueOf(document, old)) === JSON.stringify(value);
    if (same) continue;
    if (old !== undefined) {
      replaced.push(name);
      app.set(name, document.createNode(value));
      continue;
    }
    const key = new Scalar(name);
    key.commentBefore = comment(reason);
    app.add(document.createPair(key, value));
  }
  const known = `${before}${app.comment ?? ""}`;
  const fresh = notes.filter((note) => !known.includes(note));
  if (fresh.length > 0)
    app.comment = [app.comment ?? "", ...fresh.map(comment)].filter((text) => text !== "").join("\n");
  return { text: document.toString({ lineWidth: 0 }), replaced };
}

function mapAt(document: Document, at: readonly string[], file: string): YAMLMap {
  const found = document.getIn(at, true);
  if (isMap(found)) return found;
  if (!isNothing(valueOf(document, found)))
    throw new UserError(`${file}: ${at.join("/")} is no group of settings: correct it first`);
  const map = new YAMLMap(document.schema);
  document.setIn(at, map);
  return map;
}

function valueOf(document: Document, node: unknown): unknown {
  return isNode(node) ? (node.toJS(document) as unknown) : node;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function comment(text: string): string {
  return text
    .split("\n")
    .map((line) => ` ${line}`)
    .join("\n");
}

// npm runs a script in the folder of package.json, wherever you are.
function projectDirectory(folder: string): string {
  const directory = folder.startsWith("~/") ? expandHome(folder) : path.resolve(process.env.INIT_CWD ?? ".", folder);
  try {
    if (statSync(directory).isDirectory()) return directory;
  } catch (error) {
    throw new UserError(`cannot read ${directory}: ${messageOf(error)}`);
  }
  throw new UserError(`${directory} is no folder: name the folder of a Django project`);
}

/** A project beside the checkout by its relative path, another one by that from your home. */
function contextOf(directory: string): string {
  const relative = path.relative(".", directory);
  if (relative === "") return ".";
  if (!relative.startsWith("..")) return `./${relative}`;
  return relative.startsWith("../..") ? shortenHome(directory) : relative;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `cannot read ${file}: ${messageOf(error)}; run this in Homeport's checkout, and make a stack first ('pulumi stack init')`,
    );
  }
}
