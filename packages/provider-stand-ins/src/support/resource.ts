import type { PropertyMap } from "./values";

/** How loud a line to the engine is. */
export type Severity = "debug" | "info" | "warning" | "error";

/** What a handler may use besides its request. */
export interface Context {
  /**
   * Sends one line to the engine, under the resource at hand.
   * `ephemeral` lines are shown as the resource's progress and are not kept in the list of diagnostics.
   */
  log(severity: Severity, message: string, ephemeral?: boolean): void;
  /** Ends when the engine cancels the operation; pass it to whatever waits. */
  readonly signal: AbortSignal;
}

/** The resource a request is about. */
export interface Subject {
  readonly urn: string;
  /** The last part of the URN: the name given in the program. */
  readonly name: string;
  /** The type token, as `command:remote:Command`. */
  readonly type: string;
}

/** One fault found by `check`; the engine prints the reason under the resource. */
export interface CheckFailure {
  /** Name of the property at fault; empty where the real plugin names it only in the reason. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckRequest extends Subject {
  /** The checked inputs of the last `up`; empty for a new resource. */
  readonly olds: PropertyMap;
  /** The inputs as the program gave them. */
  readonly news: PropertyMap;
  /** Seed for names and passwords, the same at preview and up: at least 32 bytes from the engine. */
  readonly randomSeed: Buffer;
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  /** Default: none. */
  readonly failures?: readonly CheckFailure[];
}

/** What happens to one property, as preview shows it. */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffRequest extends Subject {
  readonly id: string;
  /** The outputs of the last `up`. */
  readonly olds: PropertyMap;
  /** The checked inputs of the last `up`. */
  readonly oldInputs: PropertyMap;
  /** The checked inputs of now. */
  readonly news: PropertyMap;
  /** Property paths that `ignoreChanges` names. */
  readonly ignoreChanges: readonly string[];
}

export interface DiffResult {
  readonly changes: "none" | "some" | "unknown";
  /** Names of the properties that force a replacement. Default: none. */
  readonly replaces?: readonly string[];
  /** Default: false. */
  readonly deleteBeforeReplace?: boolean;
  /** Names of the top-level properties that changed. Default: none. */
  readonly diffs?: readonly string[];
  /** Kind of change by property path; leave it out where the real plugin sends none. */
  readonly detailedDiff?: Readonly<Record<string, DiffKind>>;
}

export interface CreateRequest extends Subject {
  readonly inputs: PropertyMap;
  /** True at `pulumi preview`: touch nothing, answer with `UNKNOWN` for what is not known yet. */
  readonly preview: boolean;
  /** Seconds the program allows for it; 0 is no limit of its own. */
  readonly timeout: number;
}

export interface Created {
  /** Empty at preview, where the real plugin leaves it so. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

export interface ReadRequest extends Subject {
  readonly id: string;
  /** The state as it is known, empty on import. */
  readonly state: PropertyMap;
  /** The inputs as they are known, empty on import. */
  readonly inputs: PropertyMap;
}

/** What was found; `undefined` instead of it says that the resource is gone. */
export interface ReadResult {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
}

export interface UpdateRequest extends Subject {
  readonly id: string;
  readonly olds: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  readonly preview: boolean;
  readonly timeout: number;
  readonly ignoreChanges: readonly string[];
}

export interface DeleteRequest extends Subject {
  readonly id: string;
  /** The outputs of the last `up`. */
  readonly state: PropertyMap;
  readonly timeout: number;
}

/**
 * One resource type of a plugin.
 * An error thrown by any of these reaches the engine with code 2 (unknown) and its message, unchanged, as details.
 */
export interface Resource {
  check(request: CheckRequest, context: Context): CheckResult | Promise<CheckResult>;
  diff(request: DiffRequest, context: Context): DiffResult | Promise<DiffResult>;
  create(request: CreateRequest, context: Context): Created | Promise<Created>;
  /** Default: the state as it is known. */
  read?(request: ReadRequest, context: Context): ReadResult | undefined | Promise<ReadResult | undefined>;
  /** Answers the new outputs. Default: an error, for types whose every change replaces. */
  update?(request: UpdateRequest, context: Context): PropertyMap | Promise<PropertyMap>;
  /** Default: nothing to do outside the state. */
  delete?(request: DeleteRequest, context: Context): void | Promise<void>;
}

export interface InvokeRequest {
  /** The function's token, as `command:local:run`. */
  readonly token: string;
  readonly args: PropertyMap;
  readonly preview: boolean;
}

export interface InvokeResult {
  readonly result: PropertyMap;
  /** Default: none. */
  readonly failures?: readonly CheckFailure[];
}

/** A function of a plugin. */
export type Invoke = (request: InvokeRequest, context: Context) => InvokeResult | Promise<InvokeResult>;

/** Everything a stand-in is: the server in `server.ts` does the rest. */
export interface Plugin {
  /** The package name, as in `pulumi-resource-NAME`. */
  readonly name: string;
  /** The version of the real plugin it stands for. */
  readonly version: string;
  /** By type token. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** By token. Default: none. */
  readonly invokes?: Readonly<Record<string, Invoke>>;
  /** Given the provider's own inputs before the first resource. JSON-encoded values arrive decoded. Default: nothing to set. */
  configure?(config: PropertyMap, context: Context): void | Promise<void>;
  /** Checks the inputs of a `new Provider(...)`. Default: accepted as they are. */
  checkConfig?(request: CheckRequest, context: Context): CheckResult | Promise<CheckResult>;
  /** Compares the inputs of a `new Provider(...)`. Default: a change of any input updates the provider in place. */
  diffConfig?(request: DiffRequest, context: Context): DiffResult | Promise<DiffResult>;
  /**
   * Whether secrets reach the handlers as such. Set it as the real plugin does: where it is false (all of Terraform's
   * bridge), handlers see plain values, and the engine itself marks those outputs whose input of the same name is secret.
   * Default: true.
   */
  readonly acceptSecrets?: boolean;
}
