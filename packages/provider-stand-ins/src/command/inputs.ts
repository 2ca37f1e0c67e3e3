import { randomBytes } from "node:crypto";

import { identical, objectDiff, topLevel } from "../support/object-diff";
import type {
  CheckRequest,
  CheckResult,
  Context,
  Created,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  Resource,
  UpdateRequest,
} from "../support/resource";
import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap, isSecret, isUnknown, plainMap, secret, UNKNOWN } from "../support/values";
import type { Struct } from "./fields";
import { checkFields, isInternal } from "./fields";

/** What a command leaves: the last line break of each is cut off. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command text with the inputs given (without secret markings); `before` is what the last run left. */
export type Run = (command: string, inputs: PropertyMap, before: Output, context: Context) => Promise<Output>;

/** Lists that replace the resource when they come or go as a whole (the real plugin's rule for `triggers`). */
const REPLACES_AS_A_WHOLE = "triggers";

/** `local.Command` and `remote.Command`: the same resource but for its inputs and for where the command runs. */
export class CommandResource implements Resource {
  constructor(
    private readonly inputs: Struct,
    private readonly run: Run,
  ) {}

  check({ news }: CheckRequest): CheckResult {
    const failures = checkFields(this.inputs, news);
    const filled = failures.length > 0 ? news : fillDefaults(this.inputs, news);
    return { inputs: markSecrets(this.inputs, filled), failures };
  }

  diff({ olds, news, ignoreChanges }: DiffRequest): DiffResult {
    const oldInputs = this.ofInputs(olds);
    const newInputs = Object.fromEntries(
      Object.entries(ignored(news, olds, ignoreChanges)).filter(([k]) => !isInternal(k)),
    );
    const detailedDiff = objectDiff(oldInputs, newInputs);
    const whole = detailedDiff[REPLACES_AS_A_WHOLE];
    if (whole === "add" || whole === "delete" || whole === "update")
      detailedDiff[REPLACES_AS_A_WHOLE] = `${whole}-replace`;
    const paths = Object.keys(detailedDiff);
    return {
      changes: paths.length > 0 ? "some" : "none",
      diffs: [...new Set(paths.map(topLevel))],
      replaces: whole === undefined ? [] : [REPLACES_AS_A_WHOLE],
      detailedDiff,
    };
  }

  async create({ name, inputs, preview }: CreateRequest, context: Context): Promise<Created> {
    const id = `${name}${randomBytes(4).toString("hex")}`;
    const given = this.ofInputs(inputs);
    if (preview) return { id, outputs: { ...given, stdout: UNKNOWN, stderr: UNKNOWN } };
    return {
      id,
      outputs: { ...given, ...(await this.runIfAny(given.create, given, { stdout: "", stderr: "" }, context)) },
    };
  }

  async update({ olds, news, preview, ignoreChanges }: UpdateRequest, context: Context): Promise<PropertyMap> {
    const given = this.ofInputs(ignored(news, olds, ignoreChanges));
    const before = outputOf(olds);
    if (preview) {
      const { stdout, stderr } = this.changesKnownOutput(olds, given) ? { stdout: UNKNOWN, stderr: UNKNOWN } : before;
      return { ...given, stdout, stderr };
    }
    return { ...given, ...(await this.runIfAny(given.update ?? given.create, given, before, context)) };
  }

  async delete({ state }: DeleteRequest, context: Context): Promise<void> {
    const given = this.ofInputs(state);
    await this.runIfAny(given.delete, given, outputOf(state), context);
  }

  private async runIfAny(
    command: PropertyValue | undefined,
    inputs: PropertyMap,
    before: Output,
    context: Context,
  ): Promise<PropertyMap> {
    const { text, ...plain } = plainMap({ ...inputs, text: command ?? null });
    const output = typeof text === "string" ? await this.run(text, plain, before, context) : before;
    return { stdout: output.stdout, stderr: output.stderr };
  }

  private ofInputs(values: PropertyMap): PropertyMap {
    return Object.fromEntries(
      Object.entries(values).filter(([name, value]) => this.inputs.fields[name] !== undefined && value !== null),
    );
  }

  /** At preview, outputs are unknown when an input is, or when one that the state has is another now. An added one does not count. */
  private changesKnownOutput(olds: PropertyMap, news: PropertyMap): boolean {
    return Object.keys(this.inputs.fields).some(
      (name) => isUnknown(news[name]) || (olds[name] !== undefined && !identical(olds[name], news[name])),
    );
  }
}

function ignored(news: PropertyMap, olds: PropertyMap, ignoreChanges: readonly string[]): PropertyMap {
  const kept = ignoreChanges.filter((name) => olds[name] !== undefined).map((name) => [name, olds[name]]);
  return { ...news, ...(Object.fromEntries(kept) as PropertyMap) };
}

function outputOf(state: PropertyMap): Output {
  const { stdout, stderr } = plainMap(state);
  return { stdout: typeof stdout === "string" ? stdout : "", stderr: typeof stderr === "string" ? stderr : "" };
}

/** The values with each field's default where the program gave none, inner structs included. */
export function fillDefaults(struct: Struct, values: PropertyMap): PropertyMap {
  const filled: PropertyMap = { ...values };
  for (const [name, field] of Object.entries(struct.fields)) {
    const value = filled[name] ?? field.default;
    if (value !== undefined) filled[name] = typeof field.kind === "object" ? fillInner(field.kind, value) : value;
  }
  return filled;
}

function fillInner(struct: Struct, value: PropertyValue): PropertyValue {
  if (isSecret(value)) return secret(fillInner(struct, value.value));
  return isMap(value) ? fillDefaults(struct, value) : value;
}

/** The values with every secret field marked, also within a struct that is secret as a whole. */
export function markSecrets(struct: Struct, values: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = struct.fields[name];
      if (field === undefined || value === null) return [name, value];
      const inner = typeof field.kind === "object" ? markInner(field.kind, value) : value;
      return [name, field.secret ? secret(inner) : inner];
    }),
  );
}

function markInner(struct: Struct, value: PropertyValue): PropertyValue {
  if (isSecret(value)) return secret(markInner(struct, value.value));
  return isMap(value) ? markSecrets(struct, value) : value;
}
