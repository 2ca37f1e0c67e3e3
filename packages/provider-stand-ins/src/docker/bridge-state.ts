import { snakeCase } from "../support/bridged";
import type { PropertyMap, PropertyValue } from "../support/values";
import { hasUnknown, isMap } from "../support/values";
import { isEmpty } from "./plan";
import type { Attribute, Block, ResourceSchema } from "./schema";

/** Under this key Terraform's provider SDK keeps the time limits of a resource. */
const TIMEOUTS = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

/**
 * The outputs with the two properties that the real plugin keeps for itself. Without `__meta` it takes a state for one of schema
 * version 0, and without the delta it guesses the Terraform state from the outputs: both end in replacements. `isRead`: after a read, a block that Docker could have filled in is an empty list and no longer null.
 */
export function withBridgeState(schema: ResourceSchema, outputs: PropertyMap, isRead = false): PropertyMap {
  // The real plugin, too, writes no delta of values that are yet unknown.
  if (hasUnknown(outputs)) return outputs;
  const { timeouts, version } = schema;
  const meta = { ...(timeouts === undefined ? {} : { [TIMEOUTS]: timeouts }), schema_version: String(version) };
  return {
    ...outputs,
    __meta: JSON.stringify(meta),
    __pulumi_raw_state_delta: objectDelta(schema.attributes, outputs, isRead),
  };
}

/** The outputs of a create: a collection that the plan has as null is null where it is empty; a later read makes it an empty one. */
export function asCreated(schema: ResourceSchema, planned: PropertyMap, outputs: PropertyMap): PropertyMap {
  const kept = Object.entries(outputs).map(([name, value]): [string, PropertyValue] => {
    const unplanned = name in schema.attributes && (planned[name] ?? null) === null;
    return [name, unplanned && typeof value === "object" && isEmpty(value) ? null : value];
  });
  return withBridgeState(schema, Object.fromEntries(kept));
}

/** How the Terraform state is made from the outputs: what the bridge's RawStateDelta says, read as its `Recover` reads it. */
function objectDelta(block: Block, values: PropertyMap, isRead: boolean): PropertyMap {
  const renamed: PropertyMap = {};
  const deltas: PropertyMap = {};
  for (const [name, attribute] of Object.entries(block)) {
    if (attribute.terraform !== undefined && attribute.terraform !== snakeCase(name)) {
      renamed[name] = attribute.terraform;
    }
    const delta = deltaOf(attribute, values[name] ?? null, isRead);
    if (delta !== undefined) deltas[name] = delta;
  }
  return { obj: { ...unlessEmpty("renamed", renamed), ...unlessEmpty("ps", deltas) } };
}

function unlessEmpty(name: string, values: PropertyMap): PropertyMap {
  return Object.keys(values).length === 0 ? {} : { [name]: values };
}

/** Undefined where the Terraform value is the Pulumi value. */
function deltaOf(attribute: Attribute, value: PropertyValue, isRead: boolean): PropertyMap | undefined {
  const { type, of, one } = attribute;
  if (type === "map") return value === null ? undefined : { map: {} };
  if (type !== "list" && type !== "set") return undefined;
  if (one === true) {
    if (isMap(value)) return { plu: { i: objectDelta(of ?? {}, value, isRead) } };
    // A block that is not given is an empty list; one that Docker could fill in is null until it is read.
    return attribute.computed === true && !isRead ? undefined : { plu: { i: {} } };
  }
  if (!Array.isArray(value)) return undefined;
  const elements = value.flatMap((item, i) =>
    of !== undefined && isMap(item) ? [[i, objectDelta(of, item, isRead)]] : [],
  );
  return { arr: unlessEmpty("el", Object.fromEntries(elements) as PropertyMap) };
}
