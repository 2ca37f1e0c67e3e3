import { z } from "zod";

import { CommandError } from "./command-error";

const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.unknown().optional(),
});

type Resource = z.output<typeof resourceSchema>;

const stateSchema = z.object({
  deployment: z
    .object({
      resources: z.array(resourceSchema).default([]),
      // What a run that was killed was just about.
      pending_operations: z.array(z.object({ resource: resourceSchema })).default([]),
    })
    .nullable(),
});

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

/** Reads what `pulumi stack export` wrote. */
export function readState(text: string): KnownState {
  const state = stateSchema.safeParse(JSON.parse(text));
  if (!state.success)
    throw new CommandError(`pulumi stack export wrote something else than a state: ${state.error.message}`);
  const { resources = [], pending_operations: pending = [] } = state.data.deployment ?? {};
  // urn:pulumi:STACK::PROJECT::TYPE::NAME
  const [stack, project] = resources[0]?.urn.replace(/^urn:pulumi:/, "").split("::") ?? [];
  return {
    owner: stack === undefined || project === undefined ? undefined : `${project}/${stack}`,
    engines: resources
      .filter(({ type }) => type === "pulumi:providers:docker")
      .flatMap(({ inputs }) => engineOf(inputs)),
    ids: resources.filter(({ type }) => /^docker:index\/(container|network):/.test(type)).flatMap(({ id }) => id ?? []),
    zones: zonesOf(resources, [...resources, ...pending.map(({ resource }) => resource)]),
  };
}

// The zone of a record that was just being made is in no resource yet.
function zonesOf(resources: readonly Resource[], all: readonly Resource[]): KnownZone[] {
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

function zoneOf({ type, inputs }: Resource): string[] {
  if (type !== "cloudflare:index/dnsRecord:DnsRecord") return [];
  const read = z.object({ zoneId: z.string() }).safeParse(inputs);
  return read.success ? [read.data.zoneId] : [];
}

// The provider of the workstation's own engine has no host.
function engineOf(inputs: unknown): KnownEngine[] {
  const read = z.object({ host: z.string().startsWith("ssh://"), sshOpts: z.string().default("[]") }).safeParse(inputs);
  if (!read.success) return [];
  // Providers keep lists as JSON.
  return [{ url: read.data.host, sshOptions: z.array(z.string()).parse(JSON.parse(read.data.sshOpts)) }];
}
