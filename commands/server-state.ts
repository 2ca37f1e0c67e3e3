import { z } from "zod";

import { EDGE_NAME } from "../settings";
import { nameOf, plainValue, readState, StateResource, withoutResources } from "../state";
import { UserError } from "../lib/errors";
import { KnownEngine, sshEngine } from "./known-state";

/** A resource of a state; two can share a URN if one awaits deletion. */
export interface ResourceId {
  readonly urn: string;
  readonly id: string | undefined;
}

/** What a state holds of a server. */
export interface ServerState {
  readonly engine: KnownEngine;
  /** Everything for which the next `up` would connect to that machine, once each, with the pending operations of a killed run. What else has its name needs no connection. */
  readonly resources: readonly ResourceId[];
}

/**
 * What a state, exported with `showSecrets`, has of a server: the engine, all that is in it, and every command that connects to the same address. Throws a
 * UserError where it has no such server.
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

/** The text of a state without a server's resources and any reference to them; what is encrypted stays so. */
export function withoutServer(text: string, gone: readonly ResourceId[]): string {
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
