import { z } from "zod";

import { CommandError } from "./command-error";

const stateSchema = z.object({
  deployment: z
    .object({
      resources: z
        .array(
          z.object({ urn: z.string(), type: z.string(), id: z.string().optional(), inputs: z.unknown().optional() }),
        )
        .default([]),
    })
    .nullable(),
});

/** An engine that a stack's state speaks of, and how it is reached. */
export interface KnownEngine {
  /** `ssh://user@address:port`. */
  readonly url: string;
  readonly sshOptions: readonly string[];
}

/** What a stack's state says of containers. */
export interface KnownContainers {
  /** The stack as hosts know it, `project/stack`; undefined where the state is empty. */
  readonly owner: string | undefined;
  readonly engines: readonly KnownEngine[];
  /** Ids of all containers and networks. */
  readonly ids: readonly string[];
}

/** Reads what `pulumi stack export` wrote. */
export function readState(text: string): KnownContainers {
  const state = stateSchema.safeParse(JSON.parse(text));
  if (!state.success)
    throw new CommandError(`pulumi stack export wrote something else than a state: ${state.error.message}`);
  const resources = state.data.deployment?.resources ?? [];
  // urn:pulumi:STACK::PROJECT::TYPE::NAME
  const [stack, project] = resources[0]?.urn.replace(/^urn:pulumi:/, "").split("::") ?? [];
  return {
    owner: stack === undefined || project === undefined ? undefined : `${project}/${stack}`,
    engines: resources
      .filter(({ type }) => type === "pulumi:providers:docker")
      .flatMap(({ inputs }) => engineOf(inputs)),
    ids: resources.filter(({ type }) => /^docker:index\/(container|network):/.test(type)).flatMap(({ id }) => id ?? []),
  };
}

// The provider of the workstation's own engine has no host.
function engineOf(inputs: unknown): KnownEngine[] {
  const read = z.object({ host: z.string().startsWith("ssh://"), sshOpts: z.string().default("[]") }).safeParse(inputs);
  if (!read.success) return [];
  // Providers keep lists as JSON.
  return [{ url: read.data.host, sshOptions: z.array(z.string()).parse(JSON.parse(read.data.sshOpts)) }];
}
