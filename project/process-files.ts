import { parse } from "yaml";
import { z } from "zod";

import { Folder } from "./folder";

/** A service of a compose file. */
export interface ComposeService {
  readonly name: string;
  /** From a registry; undefined where it is built. */
  readonly image: string | undefined;
  readonly build: boolean;
  /** As a shell reads it. */
  readonly command: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** The Dockerfile that builds it, from the compose file's folder. */
  readonly dockerfile: string | undefined;
}

/** A compose file. */
export interface Compose {
  readonly file: string;
  readonly services: readonly ComposeService[];
}

/** Lines of a Procfile, by the name of the process. */
export function procfileOf(folder: Folder): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (folder.read("Procfile") ?? "").split(/\r?\n/).flatMap((line) => {
      const [, name, command] = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(line) ?? [];
      return name === undefined || command === undefined ? [] : [[name, command.trim()] as const];
    }),
  );
}

/** Those for production first: what is for development names the wrong commands. */
const COMPOSE_FILES = [
  ...[
    "docker-compose.production.yml",
    "docker-compose.prod.yml",
    "compose.production.yaml",
    "compose.prod.yaml",
    "production.yml",
  ],
  ...["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"],
];

const words = z.union([z.string(), z.array(z.coerce.string())]).nullish();

const service = z.object({
  image: z.string().nullish(),
  build: z.union([z.string(), z.object({ context: z.string().nullish(), dockerfile: z.string().nullish() })]).nullish(),
  command: words,
  environment: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string().nullish())]).nullish(),
});

const composeSchema = z.object({ services: z.record(z.string(), z.unknown()) });

/** The compose file of a project, as far as it can be read. */
export function composeOf(folder: Folder): Compose | undefined {
  for (const file of COMPOSE_FILES) {
    const text = folder.read(file);
    const read = text === undefined ? undefined : composeSchema.safeParse(parsed(text));
    if (read?.success !== true) continue;
    const services = Object.entries(read.data.services).flatMap(([name, value]) => {
      const one = service.safeParse(value);
      return one.success ? [serviceOf(name, one.data)] : [];
    });
    return { file, services };
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    // Anchors and `<<` are common in compose files.
    return parse(text, { merge: true, logLevel: "silent" });
  } catch {
    return undefined;
  }
}

function serviceOf(name: string, { image, build, command, environment }: z.output<typeof service>): ComposeService {
  const built = build !== null && build !== undefined;
  return {
    name,
    image: built ? undefined : (image ?? undefined),
    build: built,
    command: commandOf(command),
    environment: environmentOf(environment),
    dockerfile: typeof build === "object" ? (build?.dockerfile ?? undefined) : undefined,
  };
}

function commandOf(command: z.output<typeof words>): string | undefined {
  if (typeof command === "string") return command.trim().replace(/\s+/g, " ");
  return command?.join(" ");
}

function environmentOf(environment: z.output<typeof service>["environment"]): Record<string, string> {
  const entries = Array.isArray(environment)
    ? environment.map(
        (line) => [line.split("=")[0] ?? "", line.includes("=") ? line.slice(line.indexOf("=") + 1) : ""] as const,
      )
    : Object.entries(environment ?? {}).map(([name, value]) => [name, value ?? ""] as const);
  return Object.fromEntries(entries);
}
