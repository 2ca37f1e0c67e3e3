import type { CheckFailure, CheckRequest, CheckResult } from "../support/resource";
import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isUnknown, plainMap } from "../support/values";
import type { Attribute, Block, ResourceSchema } from "./schema";
import { uniqueName } from "./unique-name";

/** Where checked inputs name the properties that the program left to a default; the real provider keeps them there too. */
export const DEFAULTS = "__defaults";

/** Fills in name and defaults and finds faults, as the real provider's bridge does. */
export function check(schema: ResourceSchema, request: CheckRequest): CheckResult {
  const olds = plainMap(request.olds);
  const news = plainMap(request.news);
  const defaults: string[] = [];
  if (isAbsent(news.name) && "name" in schema.attributes) {
    const kept = wasDefault(olds, "name") ? olds.name : undefined;
    news.name = kept ?? uniqueName(request.name, request.randomSeed);
    defaults.push("name");
  }
  const inputs = withDefaults(schema.attributes, news);
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (isAbsent(news[name]) && name in inputs && attribute.default !== undefined) defaults.push(name);
  }
  const failures = faults(schema.attributes, inputs, request.name);
  return { inputs: { ...inputs, [DEFAULTS]: defaults.sort() }, failures };
}

/** True when the last `up` took the property from a default rather than from the program. */
export function wasDefault(inputs: PropertyMap, name: string): boolean {
  const names = inputs[DEFAULTS];
  return Array.isArray(names) && names.includes(name);
}

function isAbsent(value: PropertyValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function withDefaults(block: Block, given: PropertyMap): PropertyMap {
  const result: PropertyMap = {};
  for (const [name, attribute] of Object.entries(block)) {
    const value = given[name];
    if (!isAbsent(value)) result[name] = typed(attribute, value);
    // A default that is the type's zero value is left to the plan: the bridge writes only the others into the inputs.
    else if (attribute.default) result[name] = attribute.default;
  }
  return result;
}

/** The value in the attribute's own type: numbers and truth values may come as strings, and the other way round. */
function typed(attribute: Attribute, value: PropertyValue): PropertyValue {
  if (isUnknown(value)) return value;
  switch (attribute.type) {
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "int":
      return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    case "bool":
      return value === "true" ? true : value === "false" ? false : value;
    case "map":
      return value;
    case "list":
    case "set": {
      const element = (item: PropertyValue) => (attribute.of && isMap(item) ? withDefaults(attribute.of, item) : item);
      return Array.isArray(value) ? value.map(element) : element(value);
    }
  }
}

function faults(block: Block, inputs: PropertyMap, path: string): CheckFailure[] {
  return Object.entries(block).flatMap(([name, attribute]) => {
    const at = `${path}.${name}`;
    const value = inputs[name];
    if (isAbsent(value)) return attribute.required === true ? [missing(name, at)] : [];
    if (isUnknown(value)) return [];
    const wrong = attribute.check?.(value);
    // The bridge prints a fault's summary and its detail; this provider gives the same text for both.
    if (wrong !== undefined) return [{ property: "", reason: `${wrong}. ${wrong}. Examine values at '${at}'.` }];
    return nestedFaults(attribute, value, at);
  });
}

function nestedFaults({ of }: Attribute, value: PropertyValue, path: string): CheckFailure[] {
  if (of === undefined) return [];
  if (isMap(value)) return faults(of, value, path);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, i) => (isMap(item) ? faults(of, item, `${path}[${i}]`) : []));
}

function missing(name: string, path: string): CheckFailure {
  const reason = `Missing required argument. The argument "${name}" is required, but no definition was found.`;
  return { property: "", reason: `${reason}. Examine values at '${path}'.` };
}
