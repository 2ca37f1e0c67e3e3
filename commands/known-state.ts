import { z } from "zod";

import { providerList, readState, StateResource } from "../state";

/** An engine that a stack's state speaks of, and how it is reached. */
export interface KnownEngine {
  /** `ssh://user@address:port`. */
  readonly url: string;
  readonly sshOptions: readonly string[];
}

/** A zone at Cloudflare that a stack's state speaks of. */
export interface KnownZone {
  readonly zoneId: string;
  /** Undefined: Cloudflare's own. */
  readonly apiUrl: string | undefined;
  /** Ids of the records that the state knows there. */
  readonly ids: readonly string[];
}

/** What a stack's state says of what stands outside of it. */
export interface KnownState {
  /** The stack as hosts know it, `project/stack`; undefined where the state is empty. */
  readonly owner: string | undefined;
  readonly engines: readonly KnownEngine[];
  /** Ids of all containers and networks. */
  readonly ids: readonly string[];
  readonly zones: readonly KnownZone[];
}

/** What the text of an exported state says of engines and zones. */
export function knownState(text: string): KnownState {
  const { owner, resources, pending } = readState(text);
  return {
    owner,
    engines: resources.flatMap((one) => sshEngine(one) ?? []),
    ids: resources.filter(({ type }) => /^docker:index\/(container|network):/.test(type)).flatMap(({ id }) => id ?? []),
    zones: zonesOf(resources, [...resources, ...pending]),
  };
}

// The zone of a record that was just being made is in no resource yet.
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

/** The engine that a provider of Docker reaches by ssh; undefined of other resources, and of the workstation's own engine, which has no host. */
export function sshEngine({ type, inputs }: StateResource): KnownEngine | undefined {
  if (type !== "pulumi:providers:docker") return undefined;
  const read = z.object({ host: z.string().startsWith("ssh://"), sshOpts: z.string().default("[]") }).safeParse(inputs);
  return read.success ? { url: read.data.host, sshOptions: providerList(read.data.sshOpts) } : undefined;
}
