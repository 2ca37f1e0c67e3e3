import { readFileSync } from "node:fs";
import path from "node:path";

import type { Json, PluginClient, Properties } from "./plugin-client";
import { isError } from "./plugin-client";

/** One question to a plugin and what the real one answered. */
interface RecordedCase {
  readonly name: string;
  readonly method: "check" | "diff" | "create" | "invoke" | "lifecycle";
  readonly type?: string;
  readonly tok?: string;
  readonly olds?: Properties;
  readonly oldInputs?: Properties;
  readonly news?: Properties;
  readonly inputs?: Properties;
  readonly preview?: boolean;
  readonly id?: string;
  /** Lifecycle: variations of the inputs, each checked and compared with what was made. */
  readonly changes?: Record<string, Properties>;
  /** Lifecycle: whether the answer holds the values that were made and not their names alone. */
  readonly show?: boolean;
  readonly answer: Json;
}

/** The recorded answers of one plugin. */
interface Recording {
  readonly package: string;
  readonly version: string;
  readonly config: Properties;
  readonly cases: readonly RecordedCase[];
}

/** A case with its place in the recording, which the resource's name was made from. */
export type NumberedCase = RecordedCase & { readonly index: number };

/** The recorded cases of a plugin, from tests/records/NAME.json. */
export function recordedCases(name: string): { config: Properties; cases: NumberedCase[] } {
  const file = path.resolve(__dirname, `../records/${name}.json`);
  const { config, cases } = JSON.parse(readFileSync(file, "utf8")) as Recording;
  return { config, cases: cases.map((recorded, index) => ({ ...recorded, index })) };
}

/** Asks a plugin one recorded question. */
export async function ask(plugin: PluginClient, question: NumberedCase): Promise<unknown> {
  const { method, type = "", tok = "", olds = {}, oldInputs = olds, news = {}, inputs = {}, id = "id" } = question;
  const urn = `urn:pulumi:dev::conformance::${type}::case${question.index}`;
  if (method === "check") return plugin.check(urn, olds, news);
  if (method === "diff") return plugin.diff(urn, id, olds, oldInputs, news);
  if (method === "create") return plugin.create(urn, inputs, question.preview);
  if (method === "invoke") return plugin.invoke(tok, inputs);
  return lifecycle(plugin, urn, question);
}

/** Checks and creates for real, compares each variation with what was made, reads it back and deletes it. */
async function lifecycle(plugin: PluginClient, urn: string, question: RecordedCase): Promise<unknown> {
  const given = question.inputs ?? {};
  const first = await plugin.check(urn, {}, given);
  if (isError(first)) return first;
  const made = await plugin.create(urn, first.inputs);
  if (isError(made)) return { checked: first.inputs, create: made };
  const diffs: Record<string, unknown> = {};
  for (const [name, change] of Object.entries({ "nothing changed": {}, ...question.changes })) {
    const again = await plugin.check(urn, first.inputs, { ...given, ...change });
    diffs[name] = isError(again) ? again : await diff(plugin, urn, made, first.inputs, again.inputs);
  }
  const back = await plugin.read(urn, made.id, made.properties, first.inputs);
  const gone = await plugin.delete(urn, made.id, made.properties);
  return {
    checked: first.inputs,
    ...(question.show ? { created: made.properties } : {}),
    outputs: Object.keys(made.properties).sort(),
    diffs,
    readOutputs: isError(back) ? back : Object.keys(back.properties).sort(),
    deleted: isError(gone) ? gone : true,
  };
}

async function diff(
  plugin: PluginClient,
  urn: string,
  made: { id: string; properties: Properties },
  oldInputs: Properties,
  news: Properties,
): Promise<unknown> {
  const answer = await plugin.diff(urn, made.id, made.properties, oldInputs, news);
  if (isError(answer)) return answer;
  const { changes, replaces, deleteBeforeReplace, detailedDiff } = answer;
  return { changes, replaces, deleteBeforeReplace, detailedDiff };
}

/**
 * The answer with what differs by nature (keys, ids, times) taken out: a text under one of these names (or in the secret
 * there) becomes the name of the pattern it fits. One that does not fit stays, and so fails the comparison.
 */
export function mask(answer: unknown, varying: Readonly<Record<string, RegExp>>, name = ""): unknown {
  if (typeof answer === "string") {
    const pattern = varying[name];
    return pattern?.test(answer) ? `matches ${String(pattern)}` : answer;
  }
  if (Array.isArray(answer)) return answer.map((item) => mask(item, varying, name));
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, mask(value, varying, key === "value" ? name : key)]),
  );
}

/** The answer without what plugins keep for themselves: the recordings do not have it. */
export function tidy(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.filter((item) => !isInternal(item)).map(tidy);
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([name]) => !isInternal(name))
      .map(([name, value]) => [name, tidy(value)]),
  );
}

function isInternal(name: unknown): boolean {
  return typeof name === "string" && name.startsWith("__");
}
