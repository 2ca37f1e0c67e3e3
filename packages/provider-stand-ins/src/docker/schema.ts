import type { PropertyValue } from "../support/values";

/** One attribute of a resource, with what decides its defaults and diffs. Names are Pulumi's. */
export interface Attribute {
  readonly type: "string" | "int" | "bool" | "list" | "set" | "map";
  /** What a list or a set holds. Default: strings. */
  readonly of?: Block;
  /** Its name in Terraform. Default: the name in Terraform's spelling; a list has the singular there. */
  readonly terraform?: string;
  /** A list or set of at most one element, which the program sees as that element itself. Default: false. */
  readonly one?: boolean;
  /** A change of it replaces the resource. Default: false. */
  readonly forceNew?: boolean;
  /** The engine of Docker fills it in where the program does not. Default: false. */
  readonly computed?: boolean;
  /** Default: false. */
  readonly required?: boolean;
  /** Value where the program gives none. Default: none. */
  readonly default?: string | number | boolean;
  /** An empty value leaves what there is (the image's user, its working directory). Default: false. */
  readonly emptyKeeps?: boolean;
  /** Says what is wrong with a value, in the provider's words. Default: all values are right. */
  readonly check?: (value: PropertyValue) => string | undefined;
}

/** The attributes of one nested element, by name. */
export type Block = Readonly<Record<string, Attribute>>;

/** The attributes of a resource, and how it is replaced. */
export interface ResourceSchema {
  readonly attributes: Block;
  /** Version of the schema in the Terraform provider. */
  readonly version: number;
  /** The Terraform provider's own time limits by operation, in nanoseconds. Default: none. */
  readonly timeouts?: Readonly<Record<string, number>>;
  /** Replacements delete first, whatever changed. Default: only where the program itself gave the name. */
  readonly deleteBeforeReplace?: boolean;
}

type Options = Omit<Attribute, "type" | "of">;

/** A change of the attribute replaces the resource. */
export const replaces = { forceNew: true } as const;
/** Filled in by Docker where it is not given; a change of it replaces the resource. */
export const filledIn = { forceNew: true, computed: true } as const;

/** A string. */
export const text = (options: Options = {}): Attribute => ({ type: "string", ...options });
/** A whole number. */
export const number = (options: Options = {}): Attribute => ({ type: "int", ...options });
/** A truth value. */
export const flag = (options: Options = {}): Attribute => ({ type: "bool", ...options });
/** A list whose order counts: of strings, or of blocks. */
export const list = (options: Options = {}, of?: Block): Attribute => ({ type: "list", ...options, of });
/** A set: order does not count, and the outputs have the provider's own order. */
export const set = (options: Options = {}, of?: Block): Attribute => ({ type: "set", ...options, of });
/** Strings by name. */
export const map = (options: Options = {}): Attribute => ({ type: "map", ...options });

/** Says that a string must match the pattern. */
export const matches = (pattern: string) => (value: PropertyValue) =>
  typeof value !== "string" || new RegExp(pattern).test(value)
    ? undefined
    : `'${value}' doesn't match the pattern '${pattern}'`;

/** Says that a number must not be lower than the bound. */
export const atLeast = (bound: number) => (value: PropertyValue) =>
  typeof value !== "number" || value >= bound ? undefined : `'${value}' cannot be lower than ${bound}`;

/** Labels, as containers, networks and volumes have them. */
export const LABEL: Block = {
  label: text({ required: true, forceNew: true }),
  value: text({ required: true, forceNew: true }),
};
