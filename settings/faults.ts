import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { UserError } from "../lib/errors";
import { nearest } from "../lib/nearest";
import { Allowed, allowedAt, allowedBy, ANY_TEXT, inWords, namesIn, wordsOf } from "./allowed";
import { isSecretSetting } from "./secrets";

/** Parses the values; throws one UserError that lists every fault by its path, as docs/settings.md and `pulumi config --path` spell it. */
export function checked<T>(by: z.ZodType<T>, values: Readonly<Record<string, unknown>>): T {
  const result = by.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  const issues = [...result.error.issues, ...behindUnknownKind(by, values, result.error.issues)];
  const faults = describe(issues, allowedBy(by)).sort();
  throw new UserError(
    `the configuration of stack ${pulumi.getStack()} has ${faults.length} fault(s):\n${faults.map((one) => `  ${one}\n`).join("")}${otherProject()}`,
  );
}

/** The path of a setting, as `pulumi config set --path` takes it: `servers[0].open[1]`. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[\w-]+$/.test(String(key)) ? `${index === 0 ? "" : "."}${String(key)}` : `["${String(key)}"]`;
    })
    .join("");
}

/** The default project name, the prefix of the settings in every example. */
const DEFAULT_PROJECT = "homeport";

/** The hint for settings that are ignored because the project was renamed; empty if there are none. */
function otherProject(): string {
  const project = pulumi.getProject();
  const unread = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(`${DEFAULT_PROJECT}:`));
  if (project === DEFAULT_PROJECT || unread.length === 0) return "";
  const [file, name] = [`Pulumi.${pulumi.getStack()}.yaml`, unread[0]?.slice(DEFAULT_PROJECT.length + 1) ?? ""];
  return (
    `${unread.length} setting(s) in ${file} are ignored: they are under '${DEFAULT_PROJECT}:', but the project is named ${project} (Pulumi.yaml). ` +
    `Write '${project}:${name}' instead of '${DEFAULT_PROJECT}:${name}' there, and likewise the others; or call the project ${DEFAULT_PROJECT}\n`
  );
}

type Issue = z.core.$ZodIssue;

/**
 * What is wrong beside a word that selects the kind of its group, such as `dns.provider`: zod looks no further where it knows none of that name. Asked as if the
 * last kind was meant, which has all the settings.
 */
function behindUnknownKind(
  by: z.ZodType,
  values: Readonly<Record<string, unknown>>,
  issues: readonly Issue[],
): readonly Issue[] {
  const unknown = issues.find((issue) => issue.code === "invalid_union" && issue.discriminator !== undefined);
  const [group, key] = unknown?.path.map(String) ?? [];
  const kind = wordsOf(allowedAt(allowedBy(by), unknown?.path ?? [])).at(-1);
  if (group === undefined || key === undefined || kind === undefined) return [];
  const given = values[group];
  const meant = { ...values, [group]: { ...(typeof given === "object" ? given : {}), [key]: kind } };
  const beside = by.safeParse(meant, { reportInput: true }).error?.issues ?? [];
  return beside.filter(({ input }) => input !== undefined);
}

// One line a path: zod checks further rules after a wrong type.
function describe(issues: readonly Issue[], allowed: Allowed): string[] {
  const all = issues.flatMap((issue) => describeIssue(issue, allowed));
  return all
    .filter(({ at }, index) => all.findIndex((one) => one.at === at) === index)
    .map(({ at, says }) => `${at}: ${says}`);
}

interface Fault {
  readonly at: string;
  readonly says: string;
}

function describeIssue(issue: Issue, root: Allowed): Fault[] {
  const at = pathOf(issue.path);
  const allowed = allowedAt(root, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ at: pathOf([...issue.path, key]), says: unknownName(key, namesIn(allowed)) }));
    case "invalid_key":
      return [{ at, says: `"${String(issue.path.at(-1))}" is not ${nameAllowed(root, issue.path)}` }];
    case "invalid_union": {
      const { discriminator } = issue;
      if (discriminator !== undefined) return [faultOf(at, valueAt(issue.input, discriminator), allowed, issue.path)];
      // Of the kind that the value has: what is wrong with it.
      const own = issue.errors.find(
        (kind) => !kind.some(({ code, path }) => code === "invalid_type" && path.length === 0),
      );
      const inside = own?.filter(({ path, code }) => path.length > 0 || code === "custom") ?? [];
      if (inside.length > 0)
        return inside.flatMap((one) => describeIssue({ ...one, path: [...issue.path, ...one.path] }, root));
      break;
    }
    case "custom":
      return [
        { at, says: [primitive(issue.input, issue.path), issue.message].filter((word) => word !== "").join(" ") },
      ];
    default:
  }
  const place = issue.path.at(-1);
  if (issue.input === undefined && typeof place === "number")
    return [{ at: pathOf(issue.path.slice(0, -1)), says: `is empty: it needs ${inWords(allowed)}` }];
  return [faultOf(at, issue.input, allowed, issue.path)];
}

function faultOf(at: string, input: unknown, allowed: readonly Allowed[], path: readonly PropertyKey[]): Fault {
  if (input === undefined) return { at, says: `is required: ${inWords(allowed)}` };
  if (input === null || input === "") return { at, says: `is empty: remove it, or give it ${inWords(allowed)}` };
  return { at, says: `${shown(input, path)} is not ${inWords(allowed)}${advice(input, allowed)}` };
}

function valueAt(group: unknown, key: string): unknown {
  return typeof group === "object" && group !== null
    ? Object.entries(group).find(([name]) => name === key)?.[1]
    : undefined;
}

function unknownName(name: string, names: readonly string[]): string {
  if (names.includes(name)) return "does not go with the settings beside it: remove it, or see docs/settings.md";
  const [group = "", below] = name.split(/[.[](.*)/s);
  if (below !== undefined && names.includes(group))
    return `unknown setting: write it below ${group}, or with 'pulumi config set --path'`;
  const meant = nearest(name, names);
  return meant === undefined
    ? `unknown setting; there are ${names.join(", ")} (docs/settings.md)`
    : `unknown setting: write ${meant}`;
}

function nameAllowed(root: Allowed, path: readonly PropertyKey[]): string {
  const [names] = allowedAt(root, path.slice(0, -1)).flatMap(({ propertyNames }) => propertyNames ?? []);
  return names === undefined ? "a name" : inWords([names]);
}

/** What to write instead, where that can be told. */
function advice(input: unknown, allowed: readonly Allowed[]): string {
  const isText = allowed.every(({ type, description = ANY_TEXT }) => type === "string" && description === ANY_TEXT);
  if (typeof input === "string") {
    const meant = nearest(input, wordsOf(allowed));
    if (meant !== undefined) return `: write ${meant}`;
    if (/^(\d+|true|false)$/i.test(input) && allowed.some(({ type }) => type === "integer" || type === "boolean"))
      return `: write ${input.toLowerCase()}, without quotes`;
    return allowed.every(({ type }) => type === "array") ? `: write [${shorten(input)}]` : "";
  }
  return isText && typeof input !== "object" ? `: write "${JSON.stringify(input)}", with quotes` : "";
}

/** Characters of a value that is shown. */
const SHOWN_LENGTH = 60;

/** A value as its file has it; a secret, a login in a URL and what may be a key are not shown. */
function shown(input: unknown, path: readonly PropertyKey[]): string {
  if (isHidden(path)) return "the secret";
  if (typeof input === "string") return `"${shorten(input)}"`;
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "a group of settings" : JSON.stringify(input);
}

const keys = z.array(z.string());

// The engine hands over the names of encrypted settings in the environment (pulumi, sdk/nodejs/runtime/config.ts).
function isHidden([name]: readonly PropertyKey[]): boolean {
  const given = process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "";
  const encrypted = given === "" ? [] : keys.parse(JSON.parse(given));
  return isSecretSetting(String(name)) || encrypted.includes(`${pulumi.getProject()}:${String(name)}`);
}

function shorten(text: string): string {
  const [line = ""] = text.replace(/\/\/[^/]*@/, "//...@").split("\n");
  return line.length > SHOWN_LENGTH || line.length < text.length ? `${line.slice(0, SHOWN_LENGTH)}...` : line;
}

function primitive(input: unknown, path: readonly PropertyKey[]): string {
  return input === undefined || typeof input === "object" || input === "" || isHidden(path) ? "" : shown(input, path);
}
