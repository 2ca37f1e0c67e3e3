import { z } from "zod";

import { UserError } from "../lib/errors";

const resourceSchema = z.looseObject({
  // urn:pulumi:STACK::PROJECT::TYPE::NAME
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

/** A resource as the state has it, with all that Pulumi keeps beside what is read here. */
export type StateResource = z.output<typeof resourceSchema>;

const stateSchema = z.looseObject({
  // A stack that was never deployed has none.
  deployment: z
    .looseObject({
      resources: z.array(resourceSchema).optional(),
      // What a killed run was doing.
      pending_operations: z.array(z.looseObject({ resource: resourceSchema })).optional(),
    })
    .nullish(),
});

/** The state of a stack. */
export interface State {
  /** Of the resource that contains all others; undefined where the state is empty. */
  readonly owner: string | undefined;
  readonly resources: readonly StateResource[];
  /** What a killed run was creating or changing. */
  readonly pending: readonly StateResource[];
}

/** Reads the text of `exportState`. */
export function readState(text: string): State {
  const { deployment } = parsed(text);
  const resources = deployment?.resources ?? [];
  const [stack, project] = resources[0]?.urn.replace(/^urn:pulumi:/, "").split("::") ?? [];
  return {
    owner: stack === undefined || project === undefined ? undefined : `${project}/${stack}`,
    resources,
    pending: (deployment?.pending_operations ?? []).map(({ resource }) => resource),
  };
}

/** The text of a state without some of its resources and without any reference to them; what is encrypted stays so. */
export function withoutResources(text: string, isGone: (resource: StateResource) => boolean): string {
  const state = parsed(text);
  const { resources, pending_operations: pending } = state.deployment ?? {};
  const left = (resources ?? []).filter((one) => !isGone(one));
  const urns = new Set(left.map(({ urn }) => urn));
  const deployment = {
    ...state.deployment,
    resources: left.map((one) => withoutReferences(one, urns)),
    ...(pending === undefined ? {} : { pending_operations: pending.filter(({ resource }) => !isGone(resource)) }),
  };
  return JSON.stringify({ ...state, deployment });
}

/** The name of a resource, as the program gave it. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** A list in the inputs of a provider, which keeps it as JSON. */
export function providerList(text: string): string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

/** A secret value of a state that was exported with `showSecrets`; any other value as it is. */
export function plainValue(value: unknown): unknown {
  const secret = z.object({ plaintext: z.string() }).safeParse(value);
  return secret.success ? (JSON.parse(secret.data.plaintext) as unknown) : value;
}

function parsed(text: string): z.output<typeof stateSchema> {
  const state = stateSchema.safeParse(JSON.parse(text));
  if (state.success) return state.data;
  throw new UserError(`pulumi stack export printed something other than a state: ${state.error.message}`);
}

function withoutReferences(resource: StateResource, known: ReadonlySet<string>): StateResource {
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
