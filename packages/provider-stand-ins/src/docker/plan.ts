import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isUnknown, UNKNOWN } from "../support/values";
import type { Attribute, Block, ResourceSchema } from "./schema";

/** True for what Terraform's provider SDK cannot tell from "not given": null, zero, false, an empty text or collection. */
export function isEmpty(value: PropertyValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** The whole state that the inputs ask for: UNKNOWN where only Docker can tell, the old value where there is one. */
export function plan(schema: ResourceSchema, news: PropertyMap, olds?: PropertyMap): PropertyMap {
  const result: PropertyMap = {};
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    result[name] = planned(attribute, news[name], olds && (olds[name] ?? null));
  }
  return result;
}

/** `old` is undefined for a resource that is yet to be made, null where its state has nothing. */
function planned(
  attribute: Attribute,
  given: PropertyValue | undefined,
  old: PropertyValue | undefined,
): PropertyValue {
  const value = given ?? attribute.default ?? null;
  if (value === null) {
    if (attribute.computed === true) return old === undefined ? UNKNOWN : old;
    if (old !== undefined && (isEmpty(old) || attribute.emptyKeeps === true)) return old;
    return nothing(attribute);
  }
  if (old !== undefined && value === "" && attribute.emptyKeeps === true) return old;
  const wanted = asState(attribute, value, old, false);
  return old !== undefined && isEmpty(wanted) && isEmpty(old) ? old : wanted;
}

/** What the state has where nothing was given: blocks are there and empty, all else is null. */
function nothing(attribute: Attribute): PropertyValue {
  return attribute.of !== undefined && attribute.one !== true ? [] : null;
}

function asState(
  attribute: Attribute,
  value: PropertyValue,
  old: PropertyValue | undefined,
  inSet: boolean,
): PropertyValue {
  if (isUnknown(value)) return UNKNOWN;
  const { of } = attribute;
  if (attribute.type !== "list" && attribute.type !== "set") return value;
  const sets = inSet || attribute.type === "set";
  const element = (item: PropertyValue, before: PropertyValue | undefined) =>
    of !== undefined && isMap(item) ? blockState(of, item, isMap(before) ? before : {}, sets) : item;
  if (!Array.isArray(value)) return element(value, old);
  if (attribute.type === "set")
    return ordered(
      of,
      value.map((item) => element(item, undefined)),
    );
  return value.map((item, i) => element(item, Array.isArray(old) ? old[i] : undefined));
}

function blockState(block: Block, given: PropertyMap, old: PropertyMap, inSet: boolean): PropertyMap {
  const result: PropertyMap = {};
  for (const [name, attribute] of Object.entries(block)) {
    const value = given[name] ?? attribute.default ?? null;
    if (value !== null) result[name] = asState(attribute, value, old[name], inSet);
    else if (attribute.computed === true && !inSet) result[name] = name in old ? (old[name] ?? null) : UNKNOWN;
    else result[name] = inSet ? zero(attribute) : null;
  }
  return result;
}

/** Within a set everything has a value, because its element is known by all of them together. */
function zero(attribute: Attribute): PropertyValue {
  switch (attribute.type) {
    case "string":
      return "";
    case "int":
      return 0;
    case "bool":
      return false;
    case "map":
      return attribute.of === undefined ? null : {};
    case "list":
    case "set":
      return attribute.one === true ? null : [];
  }
}

/** The elements of a set once each, in the order in which the provider's state has them (go-cty, setRules.Less). */
export function ordered(block: Block | undefined, items: readonly PropertyValue[]): PropertyValue[] {
  const byKey = new Map(items.map((item) => [setKey(block, item), item]));
  return [...byKey.entries()]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([, item]) => item);
}

/** Like `setKey`, where what Terraform's SDK cannot tell from "not given" is the same: whether two states have the same element. */
export function identity(block: Block | undefined, value: PropertyValue | undefined): string {
  const filled = (part: PropertyValue): PropertyValue => {
    if (Array.isArray(part)) return part.map(filled);
    if (!isMap(part)) return part;
    const given = Object.entries(part).filter(([, inner]) => !isEmpty(inner));
    return Object.fromEntries(given.map(([name, inner]) => [name, filled(inner)]));
  };
  return setKey(block, filled(value ?? null));
}

/** What identifies an element within its set, as the provider's state has it. */
export function setKey(block: Block | undefined, value: PropertyValue | undefined): string {
  if (value === undefined || value === null) return "~";
  if (isUnknown(value)) return "?";
  if (typeof value === "string") return block === undefined ? value : JSON.stringify(value);
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => `${setKey(block, item)};`).join("")}]`;
  const names = [...new Set([...Object.keys(block ?? {}), ...Object.keys(value)])].sort();
  return `<${names.map((name) => `${setKey(block?.[name]?.of ?? {}, value[name])};`).join("")}>`;
}
