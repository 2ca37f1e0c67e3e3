import { z } from "zod";

import { providerList, readState, StateResource } from "../state";

/** An engine in a stack's state, and how to reach it. */
export interface KnownEngine {
  /** `ssh://user@address:port`. */
  readonly url: string;
  readonly sshOptions: readonly string[];
}

/** A Cloudflare zone in a stack's state. */
export interface KnownZone {
  readonly zoneId: string;
  /** Undefined: Cloudflare's own. */
  readonly apiUrl: string | undefined;
  /** Ids of its records in the state. */
  readonly ids: readonly string[];
}

/** What a stack's state holds of engines and zones. */
export interface KnownState {
  /** The stack as hosts know it, `project/stack`; undefined where the state is empty. */
  readonly owner: string | undefined;
  readonly engines: readonly KnownEngine[];
  /** Ids of all containers and networks. */
  readonly ids: readonly string[];
  readonly zones: readonly KnownZone[];
}

/** Reads engines and zones from an exported state. */
export function knownState(text: string): KnownState {
  const { owner, resources, pending } = readState(text);
  return {
    owner,
    engines: resources.flatMap((one) => sshEngine(one) ?? []),
    ids: resources.filter(({ type }) => /^docker:index\/(container|network):/.test(type)).flatMap(({ id }) => id ?? []),
    zones: zonesOf(resources, [...resources, ...pending]),
  };
}

// A record whose creation was interrupted is only among the pending operations.
function zonesOf(resources: readonly StateResource[], all: readonly StateResource[]): KnownZone[] {
  const api = z.object({ baseUrl: z.string().optional() }).catch({});
  const [apiUrl] = resources
    .filter(({ type }) => type === "pulumi:providers:cloudflare")
    .flatMap(({ inputs }) => api.parse(inputs).baseUrl ?? []);
  const ids = [...new Set(all.flatMap(zoneOf))];
  return ids.map((zoneId) => ({
    zoneId,
    apiUrl,
    ids: resources.filter((one) => zoneOf(one).includes(zoneId)).flatMap(({ id }) => id ?? []),
  }));
}

function zoneOf({ type, inputs }: StateResource): string[] {
  if (type !== "cloudflare:index/dnsRecord:DnsRecord") return [];
  const read = z.object({ zoneId: z.string() }).safeParse(inputs);
  return read.success ? [read.data.zoneId] : [];
}

/** The engine that a Docker provider reaches by ssh; undefined for other resources, and for the workstation's engine, which has no host. */
export function sshEngine({ type, inputs }: StateResource): KnownEngine | undefined {
  if (type !== "pulumi:providers:docker") return undefined;
  const read = z.object({ host: z.string().startsWith("ssh://"), sshOpts: z.string().default("[]") }).safeParse(inputs);
  return read.success ? { url: read.data.host, sshOptions: providerList(read.data.sshOpts) } : undefined;
}
