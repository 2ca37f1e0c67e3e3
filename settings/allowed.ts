import { z } from "zod";

/** What JSON Schema says of a value: a part of it. */
export interface Allowed {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Allowed>>;
  readonly propertyNames?: Allowed;
  readonly additionalProperties?: Allowed | boolean;
  readonly items?: Allowed | boolean;
  readonly prefixItems?: readonly Allowed[];
  readonly anyOf?: readonly Allowed[];
  readonly oneOf?: readonly Allowed[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

const memo = new WeakMap<z.ZodType, Allowed>();

/** What a schema allows, as a value. */
export function allowedBy(schema: z.ZodType): Allowed {
  const known = memo.get(schema) ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Allowed);
  memo.set(schema, known);
  return known;
}

/** What is allowed at a path; several where there are several kinds of what lies above. */
export function allowedAt(root: Allowed, path: readonly PropertyKey[]): readonly Allowed[] {
  return path.reduce<readonly Allowed[]>((all, key) => all.flatMap((one) => below(one, key)), kindsOf(root));
}

function below(node: Allowed, key: PropertyKey): readonly Allowed[] {
  const found = Object.entries(node.properties ?? {}).find(([name]) => name === key)?.[1];
  const place = typeof key === "number" ? (node.prefixItems?.[key] ?? node.items) : undefined;
  const one = found ?? place ?? node.additionalProperties;
  return typeof one === "object" ? kindsOf(one) : [];
}

function kindsOf(node: Allowed): readonly Allowed[] {
  const kinds = node.description === undefined ? (node.anyOf ?? node.oneOf) : undefined;
  return kinds === undefined ? [node] : kinds.flatMap(kindsOf);
}

/** The words that may stand there; empty where others may as well. */
export function wordsOf(nodes: readonly Allowed[]): string[] {
  return nodes.flatMap((node) => node.enum ?? (node.const === undefined ? [] : [node.const])).map(String);
}

/** The settings below a path. */
export function namesIn(nodes: readonly Allowed[]): string[] {
  return [
    ...new Set(
      nodes.flatMap(({ properties = {}, propertyNames = {} }) => [
        ...Object.keys(properties),
        ...wordsOf([propertyNames]),
      ]),
    ),
  ];
}

/** What a text without further rules is. */
export const ANY_TEXT = "a text";

/** What is allowed, for people: `a whole number from 1 to 65535`, `staging, production or the URL of an ACME directory`. */
export function inWords(nodes: readonly Allowed[]): string {
  const names = nodes.some(({ properties }) => properties !== undefined) ? namesIn(nodes) : [];
  const others = nodes.filter(({ properties }) => properties === undefined);
  const groups = names.length === 0 ? [] : [`a group of settings: ${names.join(", ")}`];
  const kinds = [...new Set([...others.flatMap(kindInWords), ...groups])];
  return choice(kinds.map((kind) => (kinds.some((other) => kind === listOf(other)) ? "a list of such" : kind)));
}

function listOf(item: string): string {
  return `a list, each ${item}`;
}

function kindInWords(node: Allowed): string[] {
  const words = wordsOf([node]);
  if (node.description !== undefined) return [node.description];
  if (words.length > 0) return words;
  switch (node.type) {
    case "boolean":
      return ["true", "false"];
    case "integer":
      return [numberInWords(node)];
    case "array":
      return [listOf(inWords(listed(node)))];
    case "object":
      return [`a list by name, each ${inWords(kindsOf(additional(node)))}`];
    default:
      return [ANY_TEXT];
  }
}

function listed({ prefixItems = [], items }: Allowed): readonly Allowed[] {
  const [first = typeof items === "object" ? items : {}] = prefixItems;
  return kindsOf(first);
}

function additional({ additionalProperties: each }: Allowed): Allowed {
  return typeof each === "object" ? each : {};
}

/** Where JSON Schema has a number's bound that nobody set. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

function numberInWords({ minimum = 0, maximum = NO_BOUND }: Allowed): string {
  return maximum === NO_BOUND ? `a whole number, ${minimum} or more` : `a whole number from ${minimum} to ${maximum}`;
}

function choice(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "a value") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}
