import type { DiffKind } from "../support/resource";
import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isUnknown, sameValue } from "../support/values";
import { identity, isEmpty } from "./plan";
import type { Attribute, ResourceSchema } from "./schema";

type Path = readonly (string | number)[];
type Kinds = Record<string, DiffKind>;

const REPLACED: Readonly<Partial<Record<DiffKind, DiffKind>>> = {
  add: "add-replace",
  delete: "delete-replace",
  update: "update-replace",
};

/** A property path as the engine writes it: `labels[0].value`, `logOpts["max-size"]`. */
function written(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join("");
}

/** An empty collection of a state is not there for the bridge; an empty map is. */
function isPresent(value: PropertyValue | undefined): value is PropertyValue {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Which properties differ and how: the algorithm of the Terraform bridge (pkg/tfbridge/detailed_diff.go), for known schemas. */
export class DetailedDiff {
  constructor(
    private readonly schema: ResourceSchema,
    /** The checked inputs: elements of a set are named by their place there. */
    private readonly inputs: PropertyMap,
  ) {}

  /** Kind of change by path, from the old state to the planned one. */
  of(olds: PropertyMap, planned: PropertyMap): Kinds {
    return Object.assign(
      {},
      ...Object.entries(this.schema.attributes).map(([name, attribute]) =>
        this.property([name], attribute, olds[name], planned[name]),
      ),
    ) as Kinds;
  }

  private property(
    path: Path,
    attribute: Attribute,
    old: PropertyValue | undefined,
    planned: PropertyValue | undefined,
  ): Kinds {
    if (isEmpty(old) && isEmpty(planned)) return {};
    if (!isPresent(old)) return isPresent(planned) ? kind(path, "add", replacesWith(attribute, planned)) : {};
    if (!isPresent(planned)) return kind(path, "delete", replacesWith(attribute, old));
    if (isUnknown(planned)) return kind(path, "update", replacesWith(attribute, old));
    if (attribute.type === "map" && isMap(old) && isMap(planned)) return entries(path, attribute, old, planned);
    if (isMap(old) && isMap(planned)) return this.block(path, attribute, old, planned);
    if (Array.isArray(old) && Array.isArray(planned)) {
      if (attribute.type === "set") return this.set(path, attribute, old, planned);
      return attribute.of === undefined
        ? strings(path, attribute, old, planned)
        : this.list(path, attribute, old, planned);
    }
    return sameValue(old, planned) ? {} : kind(path, "update", attribute.forceNew === true);
  }

  private block(path: Path, { of }: Attribute, old: PropertyMap, planned: PropertyMap): Kinds {
    return Object.assign(
      {},
      ...Object.entries(of ?? {}).map(([name, nested]) =>
        this.property([...path, name], nested, old[name], planned[name]),
      ),
    ) as Kinds;
  }

  private element(
    path: Path,
    attribute: Attribute,
    old: PropertyValue | undefined,
    planned: PropertyValue | undefined,
  ): Kinds {
    if (isMap(old) && isMap(planned)) return this.block(path, attribute, old, planned);
    if (old === undefined && planned !== undefined) return kind(path, "add", replacesWith(attribute, planned));
    if (planned === undefined && old !== undefined) return kind(path, "delete", replacesWith(attribute, old));
    return sameValue(old, planned) ? {} : kind(path, "update", attribute.forceNew === true);
  }

  private list(path: Path, attribute: Attribute, old: PropertyValue[], planned: PropertyValue[]): Kinds {
    const length = Math.max(old.length, planned.length);
    return Object.assign(
      {},
      ...Array.from({ length }, (_, i) => this.element([...path, i], attribute, old[i], planned[i])),
    ) as Kinds;
  }

  private set(path: Path, attribute: Attribute, old: PropertyValue[], planned: PropertyValue[]): Kinds {
    const oldKeys = old.map((item) => identity(attribute.of, item));
    const newKeys = planned.map((item) => identity(attribute.of, item));
    const removed = old.flatMap((_, i) => (newKeys.includes(oldKeys[i] ?? "") ? [] : [i]));
    const added = planned.flatMap((_, i) => (oldKeys.includes(newKeys[i] ?? "") ? [] : [i]));
    if (removed.length === 0 && added.length === 0) return {};
    const places = this.places(path, attribute, added, planned);
    if (places === undefined) return kind(path, "update", attribute.forceNew === true);
    const indices = [...new Set([...removed, ...places.keys()])];
    return Object.assign(
      {},
      ...indices.map((i) => {
        const place = places.get(i);
        const before = removed.includes(i) ? old[i] : undefined;
        return this.element([...path, i], attribute, before, place === undefined ? undefined : planned[place]);
      }),
    ) as Kinds;
  }

  /** Where the program wrote the added elements: planned index by input index; undefined when some are indistinguishable. */
  private places(
    path: Path,
    attribute: Attribute,
    added: number[],
    planned: PropertyValue[],
  ): Map<number, number> | undefined {
    const given = at(this.inputs, path);
    const inputs = Array.isArray(given) ? given : [];
    if (inputs.length < planned.length) return undefined;
    const places = new Map<number, number>();
    for (const index of added) {
      const input = inputs.findIndex((item, i) => !places.has(i) && couldBe(attribute, item, planned[index]));
      if (input < 0) return undefined;
      places.set(input, index);
    }
    return places;
  }
}

function kind(path: Path, change: DiffKind, replace: boolean): Kinds {
  return { [written(path)]: replace ? (REPLACED[change] ?? change) : change };
}

/** Whether the attribute, or anything within a value of it, replaces the resource. */
function replacesWith(attribute: Attribute, value: PropertyValue): boolean {
  if (attribute.forceNew === true) return true;
  const items = Array.isArray(value) ? value : [value];
  return items.some(
    (item) =>
      isMap(item) &&
      Object.entries(attribute.of ?? {}).some(
        ([name, nested]) => isPresent(item[name]) && replacesWith(nested, item[name]),
      ),
  );
}

function entries(path: Path, attribute: Attribute, old: PropertyMap, planned: PropertyMap): Kinds {
  const replace = attribute.forceNew === true;
  const result: Kinds = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(planned)])) {
    if (!(name in old)) Object.assign(result, kind([...path, name], "add", replace));
    else if (!(name in planned)) Object.assign(result, kind([...path, name], "delete", replace));
    else if (!sameValue(old[name], planned[name])) Object.assign(result, kind([...path, name], "update", replace));
  }
  return result;
}

/** Lists of strings are compared by what was taken out and what was put in; both at one place is a change of it. */
function strings(path: Path, attribute: Attribute, old: PropertyValue[], planned: PropertyValue[]): Kinds {
  const kept = longestCommon(old, planned);
  const out = old.flatMap((_, i) => (kept.some(([a]) => a === i) ? [] : [i]));
  const put = planned.flatMap((_, i) => (kept.some(([, b]) => b === i) ? [] : [i]));
  const result: Kinds = {};
  for (const i of new Set([...out, ...put])) {
    const change = !put.includes(i) ? "delete" : !out.includes(i) ? "add" : "update";
    Object.assign(result, kind([...path, i], change, attribute.forceNew === true));
  }
  return result;
}

/** Pairs of indices of a longest common subsequence. */
function longestCommon(old: PropertyValue[], planned: PropertyValue[]): [number, number][] {
  const length = Array.from({ length: old.length + 1 }, () => new Array<number>(planned.length + 1).fill(0));
  const read = (i: number, j: number) => length[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = planned.length - 1; j >= 0; j--) {
      const row = length[i];
      if (row)
        row[j] = sameValue(old[i], planned[j]) ? read(i + 1, j + 1) + 1 : Math.max(read(i + 1, j), read(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < old.length && j < planned.length;) {
    if (sameValue(old[i], planned[j])) pairs.push([i++, j++]);
    else if (read(i + 1, j) >= read(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function at(value: PropertyValue, path: Path): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((found, step) => {
    if (Array.isArray(found)) return found[Number(step)];
    return isMap(found) ? found[String(step)] : undefined;
  }, value);
}

/** Whether a planned element can come from this input: what the input leaves out must be Docker's to fill in, or empty. */
function couldBe(attribute: Attribute, input: PropertyValue | undefined, planned: PropertyValue | undefined): boolean {
  const { of } = attribute;
  if (of === undefined || !isMap(input) || !isMap(planned)) return sameValue(input, planned);
  return Object.entries(of).every(([name, nested]) => {
    const given = input[name] ?? null;
    const wanted = planned[name] ?? null;
    if (given === null && nested.computed === true) return true;
    if (nested.type !== "list" && nested.type !== "set" && nested.type !== "map") return sameValue(given, wanted);
    if (given === null || wanted === null) return given === null && (wanted === null || isEmpty(wanted));
    if (isMap(given) && isMap(wanted))
      return nested.type === "map" ? sameValue(given, wanted) : couldBe(nested, given, wanted);
    if (!Array.isArray(given) || !Array.isArray(wanted) || given.length !== wanted.length) return false;
    return given.every((item, i) => couldBe(nested, item, wanted[i]));
  });
}
