import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";

/** One resource as the program asked for it: inputs with their secret marks, and the options that decide its life. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly custom: boolean;
  /** Empty: the resource stands at the top of the stack. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Urns; those of the inputs are among them. */
  readonly dependencies: readonly string[];
  /** The urns that each input comes of. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly provider: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Undefined: the provider decides. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly retainOnDelete: boolean;
}

/** Lists what is registered from now on at the monitor of `setMocks`, which by itself forgets a resource's options. */
export function recordRegistrations(): readonly Registered[] {
  const monitor: unknown = getMonitor();
  if (!(monitor instanceof MockMonitor)) throw new Error("setMocks comes first");
  const registered: Registered[] = [];
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterResourceRequest, callback: Parameters<typeof register>[1]) =>
    register(request, (error: unknown, response: RegisterResourceResponse | undefined) => {
      registered.push(describe(request, response?.getUrn() ?? ""));
      callback(error, response);
    });
  return registered;
}

function describe(request: RegisterResourceRequest, urn: string): Registered {
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    dependencies: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([name, of]) => [name, of.getUrnsList()]),
    ),
    provider: request.getProvider(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    retainOnDelete: request.getRetainondelete() ?? false,
  };
}
