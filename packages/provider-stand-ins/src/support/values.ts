/** A property as the engine sends it over the wire: JSON, with secrets and unknowns written as signed values. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;

/** The properties of a resource or the arguments of a function, by name. */
export interface PropertyMap {
  [name: string]: PropertyValue;
}

/** Key that marks an object as one of the engine's signed values (sdk/go/common/resource/sig). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
/** Signature of a secret (sdk/go/common/resource/sig). */
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** How a value that is known only after `up` is written at preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine has one sentinel for each kind of value; a program of this SDK sends the first (sdk/go/common/resource/plugin). */
const UNKNOWN_SENTINELS: ReadonlySet<string> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for an object of properties, signed values included. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True when the value itself (not something within it) is unknown, also when it is a secret around an unknown. */
export function isUnknown(value: PropertyValue | undefined): boolean {
  const inner = reveal(value);
  return typeof inner === "string" && UNKNOWN_SENTINELS.has(inner);
}

/** True when the value is unknown or holds an unknown at any depth. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  const inner = reveal(value);
  if (Array.isArray(inner)) return inner.some(hasUnknown);
  return isMap(inner) ? Object.values(inner).some(hasUnknown) : isUnknown(inner);
}

/** True when the value itself is marked secret. */
export function isSecret(value: PropertyValue | undefined): value is { value: PropertyValue } {
  return isMap(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** True when the value is secret or holds a secret at any depth. */
export function hasSecret(value: PropertyValue | undefined): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}

/** Marks a value as secret; a value that is one already, or is unknown, stays as it is. */
export function secret(value: PropertyValue): PropertyValue {
  if (isSecret(value) || isUnknown(value)) return value;
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** Takes the secret marking off the value itself; what lies within keeps its own. */
export function reveal(value: PropertyValue | undefined): PropertyValue | undefined {
  return isSecret(value) ? reveal(value.value) : value;
}

/** The value with all secret markings taken off, at every depth. */
export function plain(value: PropertyValue): PropertyValue {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  return isMap(value) ? plainMap(value) : value;
}

/** `plain` for a whole map of properties. */
export function plainMap(values: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}

/** Deep equality of two values; secret markings do not count. */
export function sameValue(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  const a = reveal(left);
  const b = reveal(right);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => sameValue(a[name], b[name]));
  }
  return a === b;
}

/** The outputs, with everything marked secret that is secret at the same place in the inputs. */
export function keepSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, keepSecret(value, inputs[name])]));
}

function keepSecret(output: PropertyValue, input: PropertyValue | undefined): PropertyValue {
  if (isSecret(input)) return secret(plain(output));
  if (Array.isArray(output) && Array.isArray(input)) return output.map((item, i) => keepSecret(item, input[i]));
  return isMap(output) && isMap(input) && !isSecret(output) ? keepSecrets(output, input) : output;
}

/** A plain value as text; `otherwise` (default: nothing) where it is absent or no single value. */
export function asText(value: PropertyValue | undefined, otherwise = ""): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : otherwise;
}
