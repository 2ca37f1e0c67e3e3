import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap } from "../support/values";

/**
 * The inputs after a refresh: those the program gives, with what was found in their place, so that drift is a change of
 * the next `up`. What the program leaves out stays left out.
 */
export function refreshedInputs(inputs: PropertyMap, outputs: PropertyMap): PropertyMap {
  const result: PropertyMap = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (name.startsWith("__")) result[name] = input;
    else {
      const found = refreshed(input, outputs[name] ?? null);
      if (found !== null) result[name] = found;
    }
  }
  return result;
}

function refreshed(input: PropertyValue, found: PropertyValue): PropertyValue {
  if (isMap(input) && isMap(found)) return refreshedInputs(input, found);
  if (!Array.isArray(input) || !Array.isArray(found) || input.length !== found.length) return found;
  // A set is read back in an order of its own: elements that are the same are kept where the program has them.
  const rest = [...found];
  const matched = input.map((item) => {
    const place = rest.findIndex((other) => covers(item, other));
    return place < 0 ? undefined : rest.splice(place, 1)[0];
  });
  return input.map((item, i) => {
    const same = matched[i];
    return same === undefined ? refreshed(item, rest.shift() ?? null) : item;
  });
}

/** True when the element that was found has everything that the program gives for it. */
function covers(input: PropertyValue, found: PropertyValue): boolean {
  if (isMap(input) && isMap(found)) {
    return Object.entries(input).every(([name, value]) => name.startsWith("__") || covers(value, found[name] ?? null));
  }
  if (Array.isArray(input) && Array.isArray(found)) {
    return input.length === found.length && input.every((item) => found.some((other) => covers(item, other)));
  }
  return input === found;
}
