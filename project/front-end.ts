import { z } from "zod";

import { Folder, joined } from "./folder";

/** A front end that Node.js builds. */
export interface FrontEnd {
  /** From the project's folder. */
  readonly folder: string;
  readonly manager: "npm" | "yarn" | "pnpm";
  readonly lock: string | undefined;
  /** Files that installing its packages needs, from its folder. */
  readonly files: readonly string[];
  /** Whether it needs more of the project: workspaces, a package manager that is kept there. */
  readonly wholeProject: boolean;
  /** The major version of Node.js that it names. */
  readonly node: string | undefined;
}

const packageSchema = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  engines: z.object({ node: z.string().optional() }).default({}),
  packageManager: z.string().optional(),
  workspaces: z.unknown().optional(),
});

const LOCKS = [
  { lock: "pnpm-lock.yaml", manager: "pnpm" },
  { lock: "yarn.lock", manager: "yarn" },
  { lock: "package-lock.json", manager: "npm" },
] as const;

/** The first folder whose package.json has a script `build`. */
export function frontEndOf(folder: Folder, folders: readonly string[]): FrontEnd | undefined {
  for (const at of folders) {
    const text = folder.read(joined(at, "package.json"));
    const read = text === undefined ? undefined : packageSchema.safeParse(parsed(text));
    if (read?.success !== true || read.data.scripts.build === undefined) continue;
    const locked = LOCKS.find(({ lock }) => folder.has(joined(at, lock)));
    const named = /^(npm|yarn|pnpm)@/.exec(read.data.packageManager ?? "")?.[1];
    return {
      folder: at,
      manager: locked?.manager ?? (named === "yarn" || named === "pnpm" ? named : "npm"),
      lock: locked?.lock,
      files: [
        "package.json",
        ...(locked === undefined ? [] : [locked.lock]),
        ...[".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml"].filter((name) => folder.has(joined(at, name))),
      ],
      wholeProject: read.data.workspaces !== undefined || folder.hasDirectory(joined(at, ".yarn")),
      node: nodeOf(folder, at, read.data.engines.node),
    };
  }
  return undefined;
}

function nodeOf(folder: Folder, at: string, engines: string | undefined): string | undefined {
  const said = [joined(at, ".nvmrc"), ".nvmrc", joined(at, ".node-version")]
    .map((name) => folder.read(name))
    .find((text) => text !== undefined);
  const exact = /^\s*v?(\d+)/.exec(said ?? "")?.[1];
  // A lower bound is no version: the usual one is above it.
  return exact ?? /^\s*[\^~]?(\d+)(?:\.|$)/.exec(engines ?? "")?.[1];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
