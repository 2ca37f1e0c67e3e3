import { z } from "zod";

import { EDGE_NAME } from "../settings/schema";
import { CommandError } from "./command-error";
import { KnownEngine } from "./state";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.unknown().optional(),
  // URN::ID
  provider: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
  deletedWith: z.string().optional(),
});

type Resource = z.output<typeof resourceSchema>;

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resourceSchema).default([]),
    pending_operations: z.array(z.looseObject({ resource: resourceSchema })).optional(),
  }),
});

/** A resource of a state; two can have one URN, of which one waits to be deleted. */
export interface Forgotten {
  readonly urn: string;
  readonly id: string | undefined;
}

/** What a state has of a server. */
export interface ServerState {
  readonly engine: KnownEngine;
  /** All that the next `up` would ask that machine for, once each, also what a run that was killed was just about. What else has its name is made and removed without it. */
  readonly resources: readonly Forgotten[];
}

/**
 * What a state has on a server, of the text of `pulumi stack export --show-secrets`: the engine, all that is in it, and every command that goes to the
 * same address. Throws a CommandError where it knows no such server.
 */
export function serverState(text: string, server: string): ServerState {
  const { resources, pending_operations: pending = [] } = stateOf(text).deployment;
  const known = resources.flatMap(engineOf);
  const found = known.find(({ name }) => name === server);
  if (found === undefined) {
    const names = known.map(({ name }) => name).join(", ");
    throw new CommandError(
      `${server} is no server that the state knows: ${names === "" ? "it knows none" : `expected ${names}`}`,
    );
  }
  const { hostname, port } = new URL(found.engine.url);
  const at = addressOf(hostname, port === "" ? 22 : Number(port));
  return {
    engine: found.engine,
    resources: [...resources, ...pending.map(({ resource }) => resource)]
      .filter(
        (one) => one.urn === found.urn || one.provider?.startsWith(`${found.urn}::`) === true || commandAt(one) === at,
      )
      .map(({ urn, id }) => ({ urn, id }))
      .filter((one, index, all) => all.findIndex(({ urn, id }) => urn === one.urn && id === one.id) === index),
  };
}

/** The text of a state without some of its resources, nor a word of them; what is encrypted stays so. */
export function withoutResources(text: string, gone: readonly Forgotten[]): string {
  const state = stateOf(text);
  const stays = ({ urn, id }: Resource): boolean => !gone.some((one) => one.urn === urn && one.id === id);
  const resources = state.deployment.resources.filter(stays);
  const urns = new Set(resources.map(({ urn }) => urn));
  const pending = state.deployment.pending_operations?.filter(({ resource }) => stays(resource));
  const deployment = {
    ...state.deployment,
    resources: resources.map((one) => withoutReferences(one, urns)),
    ...(pending === undefined ? {} : { pending_operations: pending }),
  };
  return JSON.stringify({ ...state, deployment });
}

/** The name of a resource, as the program gave it. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function stateOf(text: string): z.output<typeof stateSchema> {
  const state = stateSchema.safeParse(JSON.parse(text));
  if (state.success) return state.data;
  throw new CommandError(`pulumi stack export wrote something else than a state: ${state.error.message}`);
}

// The edge has an engine, too, and moves by its login alone.
function engineOf({ urn, type, inputs }: Resource): { name: string; urn: string; engine: KnownEngine }[] {
  const [, name] = /^(.+)-docker$/.exec(nameOf(urn)) ?? [];
  const read = z.object({ host: z.string().startsWith("ssh://"), sshOpts: z.string().default("[]") }).safeParse(inputs);
  if (type !== "pulumi:providers:docker" || name === undefined || name === EDGE_NAME || !read.success) return [];
  // Providers keep lists as JSON.
  const sshOptions = z.array(z.string()).parse(JSON.parse(read.data.sshOpts));
  return [{ name, urn, engine: { url: read.data.host, sshOptions } }];
}

const connectionSchema = z.object({ host: z.string(), port: z.number().default(22) });

// A connection is secret as a whole: its text stands in the export as JSON.
function commandAt({ type, inputs }: Resource): string | undefined {
  if (type !== "command:remote:Command") return undefined;
  const { connection } = z.object({ connection: z.unknown() }).catch({ connection: undefined }).parse(inputs);
  const secret = z.object({ plaintext: z.string() }).safeParse(connection);
  const read = connectionSchema.safeParse(secret.success ? JSON.parse(secret.data.plaintext) : connection);
  return read.success ? addressOf(read.data.host, read.data.port) : undefined;
}

function addressOf(host: string, port: number): string {
  return `${host} ${port}`;
}

function withoutReferences(resource: Resource, known: ReadonlySet<string>): Resource {
  const { dependencies, propertyDependencies, deletedWith, ...rest } = resource;
  const kept = (urns: readonly string[]): string[] => urns.filter((urn) => known.has(urn));
  return {
    ...rest,
    ...(dependencies === undefined ? {} : { dependencies: kept(dependencies) }),
    ...(propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, urns]) => [key, urns === null ? null : kept(urns)]),
          ),
        }),
    ...(deletedWith === undefined || !known.has(deletedWith) ? {} : { deletedWith }),
  };
}
