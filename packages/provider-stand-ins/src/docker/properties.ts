import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isUnknown } from "../support/values";

/** The text of a property; undefined where it is empty, missing or not known. */
export function textOf(properties: PropertyMap, name: string): string | undefined {
  const value = properties[name];
  return typeof value === "string" && value !== "" && !isUnknown(value) ? value : undefined;
}

/** The text of a property; empty where it is missing or not known. */
export function wordOf(properties: PropertyMap, name: string): string {
  return textOf(properties, name) ?? "";
}

/** The number of a property; 0 where it is missing. */
export function numberOf(properties: PropertyMap, name: string): number {
  const value = properties[name];
  return typeof value === "number" ? value : 0;
}

/** The truth value of a property; false where it is missing. */
export function flagOf(properties: PropertyMap, name: string): boolean {
  return properties[name] === true;
}

/** The strings of a list or a set; none where it is missing. */
export function textsOf(properties: PropertyMap, name: string): string[] {
  const value = properties[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string" && !isUnknown(item)).map(String) : [];
}

/** The blocks of a list or a set; none where it is missing. */
export function blocksOf(properties: PropertyMap, name: string): PropertyMap[] {
  const value = properties[name];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** The block of a property that has at most one; undefined where it is missing. */
export function blockOf(properties: PropertyMap, name: string): PropertyMap | undefined {
  const value = properties[name];
  return isMap(value) ? value : undefined;
}

/** Strings by name; undefined where there are none. */
export function mapOf(properties: PropertyMap, name: string): Record<string, string> | undefined {
  const entries = Object.entries(blockOf(properties, name) ?? {});
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, value]) => [key, printed(value)]));
}

function printed(value: PropertyValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Labels as Docker takes them. */
export function labelsOf(properties: PropertyMap): Record<string, string> {
  return Object.fromEntries(
    blocksOf(properties, "labels").map((block) => [wordOf(block, "label"), wordOf(block, "value")]),
  );
}

/** Labels as the provider has them. */
export function labelBlocks(labels: Readonly<Record<string, string>> | null | undefined): PropertyMap[] {
  return Object.entries(labels ?? {}).map(([label, value]) => ({ label, value }));
}

/** Every value that Docker did not fill in is null from here on: what was unknown at preview and was not read back. */
export function settled(state: PropertyMap): PropertyMap {
  const known = (value: PropertyValue): PropertyValue => {
    if (isUnknown(value)) return null;
    if (Array.isArray(value)) return value.map(known);
    return isMap(value) ? settled(value) : value;
  };
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, known(value)]));
}
