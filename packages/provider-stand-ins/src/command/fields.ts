import type { CheckFailure } from "../support/resource";
import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isUnknown, reveal } from "../support/values";

/** The kinds of value a field takes; an object of fields is a struct of its own. */
export type FieldKind = "string" | "number" | "bool" | "list" | "map" | Struct;

export interface Field {
  readonly kind: FieldKind;
  readonly required?: boolean;
  readonly secret?: boolean;
  /** Filled in by `check` where the program gives none. */
  readonly default?: PropertyValue;
}

/** The inputs of a resource or function, as the real plugin decodes them. */
export interface Struct {
  /** Its name in the real plugin, which its messages use, as `remote.CommandInputs`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** What is wrong with the values, in the real plugin's words; the failures of an inner struct are folded into one. */
export function checkFields(struct: Struct, values: PropertyMap): CheckFailure[] {
  const known = Object.entries(struct.fields).flatMap(([name, field]) => checkField(struct, name, field, values[name]));
  const unknown = Object.keys(values)
    .filter((name) => struct.fields[name] === undefined && !isInternal(name))
    .map((name) => ({ property: name, reason: `Unrecognized field '${name}' on '${struct.name}'` }));
  return [...known, ...unknown];
}

/** The engine's own properties among the inputs: the plugin's version, and names that start with two underscores. */
export function isInternal(name: string): boolean {
  return name === "version" || name.startsWith("__");
}

function checkField(struct: Struct, name: string, field: Field, given: PropertyValue | undefined): CheckFailure[] {
  const value = reveal(given) ?? null;
  if (value === null) {
    if (!field.required) return [];
    return [{ property: name, reason: `Missing required field '${name}' on '${struct.name}'` }];
  }
  if (isUnknown(value)) return [];
  if (typeof field.kind === "object") {
    return isMap(value)
      ? checkInner(struct, name, field.kind, value)
      : [wrongType(struct, name, field.kind.name, value)];
  }
  return fits(field.kind, value) ? [] : [wrongType(struct, name, field.kind, value)];
}

function checkInner(struct: Struct, name: string, inner: Struct, value: PropertyMap): CheckFailure[] {
  const failures = checkFields(inner, value);
  if (failures.length === 0) return [];
  const lines = failures.map(({ property, reason }) => `\n\t${property}: ${reason}`).join("");
  const place = `${struct.name.split(".").at(-1) ?? ""}.${name}`;
  return [
    { property: name, reason: `An error occurred decoding '${place}': ${failures.length} failures decoding:${lines}` },
  ];
}

function fits(kind: string, value: PropertyValue): boolean {
  if (kind === "list") return Array.isArray(value);
  if (kind === "map") return isMap(value);
  return typeof value === (kind === "bool" ? "boolean" : kind);
}

function wrongType(struct: Struct, name: string, expected: string, value: PropertyValue): CheckFailure {
  const got = Array.isArray(value) ? "[]interface {}" : isMap(value) ? "map[string]interface {}" : goType(value);
  return {
    property: name,
    reason: `Field '${name}' on '${struct.name}' must be a '${expected}'; got '${got}' instead`,
  };
}

function goType(value: PropertyValue): string {
  return typeof value === "number" ? "float64" : typeof value === "boolean" ? "bool" : typeof value;
}
