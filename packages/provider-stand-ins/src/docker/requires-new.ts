import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, sameValue } from "../support/values";
import { identity, isEmpty } from "./plan";
import type { Attribute, Block, ResourceSchema } from "./schema";

/**
 * Whether Terraform's provider SDK would replace the resource (schemaMap.Diff): of a collection of blocks it is the number of
 * elements and the attributes within that count, which is why a changed mount is no replacement and one more mount is.
 */
export function requiresNew(schema: ResourceSchema, olds: PropertyMap, planned: PropertyMap): boolean {
  return block(schema.attributes, olds, planned);
}

function block(attributes: Block, old: PropertyMap, planned: PropertyMap): boolean {
  return Object.entries(attributes).some(([name, attribute]) => changed(attribute, old[name], planned[name]));
}

function changed(attribute: Attribute, old: PropertyValue | undefined, planned: PropertyValue | undefined): boolean {
  if ((isEmpty(old) && isEmpty(planned)) || sameValue(old, planned)) return false;
  const { of } = attribute;
  if (of === undefined) return attribute.forceNew === true;
  const before = elements(old);
  const after = elements(planned);
  if (before.length !== after.length && attribute.forceNew === true) return true;
  if (attribute.type === "list") {
    return Array.from({ length: Math.max(before.length, after.length) }).some((_, i) =>
      block(of, before[i] ?? {}, after[i] ?? {}),
    );
  }
  const known = new Set(before.map((item) => identity(of, item)));
  return after.some((item) => !known.has(identity(of, item)) && replacesWhole(of, item));
}

function elements(value: PropertyValue | undefined): PropertyMap[] {
  if (Array.isArray(value)) return value.filter(isMap);
  return isMap(value) ? [value] : [];
}

/** An element of a set has no identity but its values, so all of them are new. */
function replacesWhole(of: Block, item: PropertyMap): boolean {
  return Object.entries(of).some(([name, attribute]) => {
    if (attribute.of === undefined && attribute.type !== "list" && attribute.type !== "set")
      return attribute.forceNew === true;
    return attribute.forceNew === true && !isEmpty(item[name]);
  });
}
