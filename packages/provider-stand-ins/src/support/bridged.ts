import type {
  CheckFailure,
  CheckRequest,
  CheckResult,
  Context,
  Created,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  ReadRequest,
  ReadResult,
  Resource,
  UpdateRequest,
} from "./resource";
import type { PropertyMap, PropertyValue } from "./values";
import { asText, isUnknown, sameValue, secret, UNKNOWN } from "./values";

/** How one property behaves in a plugin that is built on Terraform's plugin framework. */
export interface Attribute {
  /** The real plugin's description, which it prints when the property is missing. Default: optional. */
  readonly required?: string;
  /** Value where the program gives none. Default: the property is absent. */
  readonly default?: PropertyValue;
  /** True when the plugin makes the value: unknown until the create, then kept. */
  readonly computed?: boolean;
  /** True when an update makes a new value too. */
  readonly recomputed?: boolean;
  /** Whether a change replaces the resource, in general or to certain values. Default: it does not. */
  readonly replaces?: boolean | ((planned: PropertyValue | undefined) => boolean);
  readonly secret?: boolean;
  /** The only words allowed. */
  readonly oneOf?: readonly string[];
  /** The least number allowed. */
  readonly atLeast?: number;
}

/** A new resource: its id, and the values that the plugin made. */
interface Made {
  readonly id: string;
  readonly computed: PropertyMap;
}

/** What a bridged resource does for real; the table of attributes answers the rest. */
export interface Work {
  /** Makes the resource; gets all planned values and answers the computed ones. The `id` is the resource's own. */
  create(plan: PropertyMap, context: Context): Made | Promise<Made>;
  /** Changes it in place; answers the computed values. Default: nothing is done outside the state. */
  update?(id: string, plan: PropertyMap, context: Context): Promise<PropertyMap>;
  /** Reads it back; `undefined` when it is gone. Default: the state is the truth. */
  read?(id: string, state: PropertyMap, context: Context): Promise<PropertyMap | undefined>;
  /** Default: nothing is done outside the state. */
  delete?(id: string, state: PropertyMap, context: Context): Promise<void>;
  /** Last word on a plan against the state, for values that depend on others or on time. Default: the plan as it is. */
  adjust?(plan: PropertyMap, state: PropertyMap | undefined): PropertyMap;
}

/** A resource of a plugin on Terraform's plugin framework, as Pulumi's bridge shows it: check, plan and diff by table. */
export class BridgedResource implements Resource {
  constructor(
    private readonly attributes: Readonly<Record<string, Attribute>>,
    private readonly work: Work,
    /** Version of the schema; the real plugin runs its upgraders over a state that names none. Default: 0. */
    private readonly schemaVersion = 0,
  ) {}

  check({ news, name }: CheckRequest): CheckResult {
    const failures = Object.entries(this.attributes).flatMap(([property, attribute]) =>
      checkAttribute(name, property, attribute, news[property]),
    );
    return { inputs: this.markSecrets(news), failures };
  }

  diff({ olds, news }: DiffRequest): DiffResult {
    const plan = this.plan(news, olds);
    const diffs = Object.keys(this.attributes).filter((name) => !sameValue(olds[name] ?? null, plan[name] ?? null));
    const replaces = diffs.filter((name) => {
      const rule = this.attributes[name]?.replaces ?? false;
      return typeof rule === "function" ? rule(plan[name]) : rule;
    });
    return { changes: diffs.length > 0 ? "some" : "none", diffs, replaces };
  }

  async create({ inputs, preview }: CreateRequest, context: Context): Promise<Created> {
    const plan = this.plan(inputs, undefined);
    if (preview) return { id: "", outputs: this.markSecrets(plan) };
    const { id, computed } = await this.work.create(plan, context);
    return { id, outputs: this.outputs(plan, computed) };
  }

  async read({ id, state, inputs }: ReadRequest, context: Context): Promise<ReadResult | undefined> {
    if (this.work.read === undefined) return { id, outputs: this.outputs(state, {}), inputs };
    const found = await this.work.read(id, state, context);
    if (found === undefined) return undefined;
    // On import nothing is known yet: what a program could have set is taken from what was found.
    const names = Object.keys(inputs).length > 0 ? Object.keys(inputs) : this.settable(found);
    const read = names.filter((name) => found[name] !== undefined).map((name) => [name, found[name] ?? null]);
    return {
      id: asText(found.id, id),
      outputs: this.outputs({}, found),
      inputs: this.markSecrets({ ...inputs, ...(Object.fromEntries(read) as PropertyMap) }),
    };
  }

  private settable(found: PropertyMap): string[] {
    return Object.entries(this.attributes)
      .filter(([name, { computed, default: normal }]) => !computed && !sameValue(found[name] ?? null, normal ?? null))
      .map(([name]) => name);
  }

  async update({ id, olds, news, preview }: UpdateRequest, context: Context): Promise<PropertyMap> {
    const plan = this.plan(news, olds);
    for (const [name, attribute] of Object.entries(this.attributes)) {
      if (attribute.recomputed) plan[name] = UNKNOWN;
    }
    if (preview) return this.markSecrets(plan);
    return this.outputs(plan, (await this.work.update?.(id, plan, context)) ?? {});
  }

  async delete({ id, state }: DeleteRequest, context: Context): Promise<void> {
    await this.work.delete?.(id, state, context);
  }

  /** All values as they will be: given, by default, kept from the state, or unknown. */
  private plan(inputs: PropertyMap, state: PropertyMap | undefined): PropertyMap {
    const plan: PropertyMap = {};
    for (const [name, attribute] of Object.entries(this.attributes)) {
      const kept = attribute.computed ? (state === undefined ? UNKNOWN : (state[name] ?? null)) : null;
      const value = inputs[name] ?? attribute.default ?? kept;
      if (value !== null) plan[name] = value;
    }
    return this.work.adjust?.(plan, state) ?? plan;
  }

  private outputs(plan: PropertyMap, computed: PropertyMap): PropertyMap {
    const known = Object.entries({ ...plan, ...computed }).filter(
      ([name, value]) => name in this.attributes && value !== null && !isUnknown(value),
    );
    return { ...this.markSecrets(Object.fromEntries(known)), ...this.meta() };
  }

  private meta(): PropertyMap {
    const { schemaVersion } = this;
    return schemaVersion === 0 ? {} : { __meta: JSON.stringify({ schema_version: String(schemaVersion) }) };
  }

  private markSecrets(values: PropertyMap): PropertyMap {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, this.attributes[name]?.secret ? secret(value) : value]),
    );
  }
}

function checkAttribute(
  resource: string,
  property: string,
  attribute: Attribute,
  value: PropertyValue | undefined,
): CheckFailure[] {
  if (value === undefined || value === null) {
    if (attribute.required === undefined) return [];
    return [{ property: "", reason: `Missing required property '${property}': ${attribute.required}` }];
  }
  if (isUnknown(value)) return [];
  const { oneOf, atLeast } = attribute;
  if (oneOf !== undefined && typeof value === "string" && !oneOf.includes(value)) {
    const allowed = oneOf.map((word) => JSON.stringify(word)).join(" ");
    return [
      {
        property: "",
        reason:
          `Invalid Attribute Value Match. Attribute ${snakeCase(property)} value must be one of: [${allowed}], ` +
          `got: ${JSON.stringify(value)}. Examine values at '${resource}.${property}'.`,
      },
    ];
  }
  if (atLeast !== undefined && typeof value === "number" && value < atLeast) {
    return [
      {
        property: "",
        reason:
          `Invalid Attribute Value. Attribute ${snakeCase(property)} value must be at least ${atLeast}, ` +
          `got: ${value}. Examine values at '${resource}.${property}'.`,
      },
    ];
  }
  return [];
}

/** The name of a property as Terraform writes it: `byteLength` is `byte_length` there. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
