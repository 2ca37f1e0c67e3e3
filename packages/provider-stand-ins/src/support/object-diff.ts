import type { DiffKind } from "./resource";
import type { PropertyMap, PropertyValue } from "./values";
import { isMap, isSecret, isUnknown } from "./values";

/**
 * Deep equality as the engine has it: a secret equals only a secret, an unknown only an unknown.
 * (`sameValue` is the one that looks through secrets.)
 */
export function identical(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (isSecret(left) || isSecret(right)) return isSecret(left) && isSecret(right) && identical(left.value, right.value);
  if (isUnknown(left) || isUnknown(right)) return isUnknown(left) && isUnknown(right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, i) => identical(item, right[i]));
  }
  if (isMap(left) && isMap(right)) return diffMaps("", left, right).length === 0;
  return (left ?? null) === (right ?? null);
}

/** One changed property. */
interface Change {
  readonly path: string;
  readonly kind: DiffKind;
}

/**
 * What changed between two maps, by path (`connection.host`, `triggers[0]`), as the engine's own object diff names it:
 * down into maps and lists where both sides have one, and as a whole where a side is missing, secret or of another kind.
 */
export function objectDiff(olds: PropertyMap, news: PropertyMap): Record<string, DiffKind> {
  return Object.fromEntries(diffMaps("", olds, news).map(({ path, kind }) => [path, kind]));
}

function diffMaps(path: string, olds: PropertyMap, news: PropertyMap): Change[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  return names.flatMap((name) => diffValues(joinPath(path, name), olds[name] ?? null, news[name] ?? null));
}

function diffValues(path: string, old: PropertyValue, value: PropertyValue): Change[] {
  if (Array.isArray(old) && Array.isArray(value)) {
    const length = Math.max(old.length, value.length);
    return Array.from({ length }, (_, i) => diffValues(`${path}[${i}]`, old[i] ?? null, value[i] ?? null)).flat();
  }
  if (isMap(old) && isMap(value) && !isSecret(old) && !isSecret(value)) return diffMaps(path, old, value);
  if (identical(old, value)) return [];
  return [{ path, kind: old === null ? "add" : value === null ? "delete" : "update" }];
}

/** A name that is not a plain word is written in brackets, as in `labels["a.b"]`. */
function joinPath(path: string, name: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** The top-level property that a path lies in. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
