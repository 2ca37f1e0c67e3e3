import { z } from "zod";

import { EDGE_NAME } from "../settings";
import { nameOf, plainValue, readState, StateResource, withoutResources } from "../state";
import { UserError } from "../lib/errors";
import { KnownEngine, sshEngine } from "./known-state";

/** A resource of a state; two can share a URN if one awaits deletion. */
export interface Forgotten {
  readonly urn: string;
  readonly id: string | undefined;
}

/** What a state holds of a server. */
export interface ServerState {
  readonly engine: KnownEngine;
  /** All that the next `up` would ask that machine for, once each, also what a run that was killed was just about. What else has its name is made and removed without it. */
  readonly resources: readonly Forgotten[];
}

/**
 * What a state has on a server, of the text of `pulumi stack export --show-secrets`: the engine, all that is in it, and every command that goes to the
 * same address. Throws a UserError where it knows no such server.
 */
export function serverState(text: string, server: string): ServerState {
  const { resources, pending } = readState(text);
  const known = resources.flatMap(engineOf);
  const found = known.find(({ name }) => name === server);
  if (found === undefined) {
    const names = known.map(({ name }) => name).join(", ");
    throw new UserError(
      `${server} is not a server in the state: ${names === "" ? "it has none" : `expected ${names}`}`,
    );
  }
  const { hostname, port } = new URL(found.engine.url);
  const at = addressOf(hostname, port === "" ? 22 : Number(port));
  return {
    engine: found.engine,
    resources: [...resources, ...pending]
      .filter(
        (one) => one.urn === found.urn || one.provider?.startsWith(`${found.urn}::`) === true || commandAt(one) === at,
      )
      .map(({ urn, id }) => ({ urn, id }))
      .filter((one, index, all) => all.findIndex(({ urn, id }) => urn === one.urn && id === one.id) === index),
  };
}

/** The text of a state without some of its resources, nor a word of them; what is encrypted stays so. */
export function withoutForgotten(text: string, gone: readonly Forgotten[]): string {
  return withoutResources(text, ({ urn, id }) => gone.some((one) => one.urn === urn && one.id === id));
}

// The edge has an engine too, but moves by its login alone.
function engineOf(resource: StateResource): { name: string; urn: string; engine: KnownEngine }[] {
  const { urn } = resource;
  const [, name] = /^(.+)-docker$/.exec(nameOf(urn)) ?? [];
  const engine = sshEngine(resource);
  return engine === undefined || name === undefined || name === EDGE_NAME ? [] : [{ name, urn, engine }];
}

const connectionSchema = z.object({ host: z.string(), port: z.number().default(22) });

// A connection is secret as a whole: the export has it as JSON text.
function commandAt({ type, inputs }: StateResource): string | undefined {
  if (type !== "command:remote:Command") return undefined;
  const { connection } = z.object({ connection: z.unknown() }).catch({ connection: undefined }).parse(inputs);
  const read = connectionSchema.safeParse(plainValue(connection));
  return read.success ? addressOf(read.data.host, read.data.port) : undefined;
}

function addressOf(host: string, port: number): string {
  return `${host} ${port}`;
}
