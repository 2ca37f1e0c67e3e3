import path from "node:path";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import type Docker from "dockerode";
import type { Pack } from "tar-stream";

import type { BuildContext } from "./build-context";
import { BuildTrace } from "./build-trace";
import { apiMessage } from "./failure";

/** The options of `docker build`. */
export interface BuildOptions {
  readonly name: string;
  readonly platform?: string;
  readonly target?: string;
  readonly network?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  /** False for Docker's first builder. */
  readonly buildKit: boolean;
}

/** One line of the engine's answer to a build (docker/pkg/jsonmessage). */
interface BuildMessage {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** The message whose payload is BuildKit's own progress. */
const TRACE = "moby.buildkit.trace";

/** Name under which a Dockerfile from outside the context is sent. */
const OUTSIDE_DOCKERFILE = ".dockerfile.homeport";

/** Builds an image and answers its id; `log` gets every line of the build as it comes. */
export async function buildImage(
  docker: Docker,
  context: BuildContext,
  options: BuildOptions,
  log: (line: string) => void,
): Promise<string> {
  log("Starting Docker build");
  const id = await run(docker, context, options, log);
  if (id === undefined) throw new Error("no image id found in build output");
  try {
    const { Id } = await docker.getImage(options.name).inspect();
    log(`Image built successfully, local id "${id}"`);
    return Id;
  } catch {
    throw new Error("unable to find built image in local image store");
  }
}

async function run(
  docker: Docker,
  context: BuildContext,
  options: BuildOptions,
  log: (line: string) => void,
): Promise<string | undefined> {
  const dockerfile = context.relativeDockerfile;
  const outside = dockerfile.startsWith("../");
  let answer: NodeJS.ReadableStream;
  try {
    answer = await docker.buildImage(await packed(context, outside), {
      t: options.name,
      dockerfile: outside ? OUTSIDE_DOCKERFILE : dockerfile,
      // Version 2 is BuildKit: the client then opens the session over which it asks for registry credentials.
      version: options.buildKit ? "2" : "1",
      // What is not given must not be there at all: the engine takes an empty host list for a wrong one.
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.network === undefined ? {} : { networkmode: options.network }),
      ...(options.args === undefined ? {} : { buildargs: { ...options.args } }),
      ...(options.hosts.length === 0 ? {} : { extrahosts: options.hosts.join(",") }),
    });
  } catch (error) {
    throw new Error(`error building image: ${apiMessage(error)}`);
  }
  const trace = new BuildTrace();
  let id: string | undefined;
  for await (const line of createInterface({ input: answer })) {
    if (line.trim() === "") continue;
    const message = JSON.parse(line) as BuildMessage;
    const failed = message.errorDetail?.message ?? message.error;
    if (failed !== undefined) throw new Error(`error reading build output: ${failed}`);
    if (message.id === TRACE && typeof message.aux === "string") trace.lines(message.aux).forEach(log);
    else {
      id = idIn(message.aux) ?? id;
      const text = (message.stream ?? message.status ?? "").trim();
      if (text !== "") log(text);
    }
  }
  return id;
}

function idIn(aux: unknown): string | undefined {
  return typeof aux === "object" && aux !== null && "ID" in aux && typeof aux.ID === "string" ? aux.ID : undefined;
}

/** The context as the archive that the engine takes: owned by root, without what .dockerignore names. */
async function packed(context: BuildContext, outside: boolean): Promise<Pack> {
  const tar = await import("tar-fs");
  const sent = context.sent();
  return tar.pack(context.directory, {
    ignore: (file) => !sent.has(path.relative(context.directory, file).split(path.sep).join("/")),
    map: (header) => ({ ...header, uid: 0, gid: 0 }),
    finalize: !outside,
    finish: (pack) => {
      if (!outside) return;
      pack.entry({ name: OUTSIDE_DOCKERFILE }, readFileSync(context.dockerfile));
      pack.finalize();
    },
  });
}
