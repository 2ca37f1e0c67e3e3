import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { guestSchema, schema } from "../../../settings/schema";
import { HOST_KEYS } from "../../support/fixtures";

const ROOT = path.join(__dirname, "..", "..", "..");

interface Declared {
  readonly default: unknown;
  readonly description: string;
}

/** A part of what zod says about a schema. */
interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly prefixItems?: readonly [Node];
  readonly oneOf?: readonly Node[];
  readonly default?: unknown;
}

/** A setting as the program knows it, or as a description tells it. */
interface Setting {
  readonly name: string;
  /** As in the brackets at a line's end: `required`, `default X`, or `default - ` for one without a value of its own. */
  readonly ending: string;
}

const project = parse(read("Pulumi.yaml")) as { config: Record<string, Declared>; template: Template };
// `pulumi new` notes in a project's file which template it was made of.
const declared = Object.entries(project.config).filter(([name]) => !name.startsWith("pulumi:"));
const known = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node;

test("Pulumi.yaml declares exactly the settings that the program knows", () => {
  expect(declared.map(([name]) => name).sort()).toEqual(Object.keys(known.properties ?? {}).sort());
});

test.each(declared)("%s has an empty default, and no type at which the CLI would stop alone", (name, declaration) => {
  const { type: programs = "object" } = known.properties?.[name] ?? {};
  expect(declaration).not.toHaveProperty("type");
  expect(declaration.default).toEqual({ string: "", array: [], object: {} }[programs]);
});

describe.each(declared)("the description of %s", (name, { description }) => {
  test("begins with a sentence, and goes on with a line for each setting", () => {
    const [first = "", ...bullets] = linesOf(description);
    expect(first).toMatch(/^[A-Z].{20,}\.$/);
    for (const line of bullets) expect(line).toMatch(/^- [\w.]+: .{5,} \((required|default .+)\)$/);
  });

  test("tells every setting that the program knows, in its order, and its default", () => {
    expect(toldBy(name, description)).toEqual(knownAs(name));
  });

  test("tells the unit of what is measured", () => {
    const measured = linesOf(description).filter((line) => /^- [\w.]*(Seconds|seconds|Hours|Mb|mtu):/.test(line));
    for (const line of measured) expect(line).toMatch(/\b(seconds|hours|megabytes|bytes)\b/);
  });
});

test("docs/settings.md is what Pulumi.yaml says (npm run settings:docs)", () => {
  const page = execFileSync(process.execPath, [path.join(ROOT, "docs/settings.mjs"), "--stdout"], { encoding: "utf8" });
  expect(read("docs/settings.md")).toBe(page);
});

interface Template {
  readonly config: Readonly<Record<string, { readonly description: string }>>;
}

test("pulumi new asks for settings that there are, of one value each", () => {
  const asked = Object.entries(project.template.config);
  expect(asked.map(([name]) => project.config[name]?.default)).toEqual([""]);
  for (const [, { description }] of asked) expect(description).toMatch(/^[A-Z].{20,}$/);
});

test.each(["Pulumi.dev.yaml", "Pulumi.scale.yaml", "Pulumi.production.example.yaml"])(
  "%s has settings of Pulumi.yaml only",
  (file) => {
    const { config } = parse(read(file)) as { config: Record<string, unknown> | null };
    const names = Object.keys(config ?? {}).map((key) => key.replace("homeport:", ""));
    expect(names.filter((name) => !(name in project.config))).toEqual([]);
  },
);

test("Pulumi.production.example.yaml shows every setting that is required", () => {
  const shown = parse(read("Pulumi.production.example.yaml").replace(/^( *)# ?( *\S.*)$/gm, uncommented)) as {
    config: Record<string, unknown>;
  };
  const values = Object.entries(shown.config).map(([key, value]) => [key.replace("homeport:", ""), value]);
  // The key is a file of the reader's.
  const keys = { hostKey: HOST_KEYS.vps, privateKeyFile: undefined };
  const { edge, servers, ...rest } = Object.fromEntries(values) as Record<string, object> & { servers: [object] };
  expect(schema.safeParse({ ...rest, edge: { ...edge, ...keys }, servers: [{ ...servers[0], ...keys }] }).error).toBe(
    undefined,
  );
});

/** A line that is a setting behind a `#` is one; other comments are for people. */
function uncommented(line: string, indent: string, text: string): string {
  return /^ *(- )?[\w:]+:/.test(text) ? `${indent}${text}` : line;
}

function toldBy(name: string, description: string): Setting[] {
  const [first = "", ...bullets] = linesOf(description);
  return (bullets.length === 0 ? [`- : ${first.replace(/\.$/, "")}`] : bullets).map((line) => {
    const [, key = "", ending = ""] = /^- ([\w.]*): .* \((required|default .+)\)$/.exec(line) ?? [];
    return { name: key === "" ? name : `${name}.${key}`, ending: ending.replace(/^(default - ).*/, "$1") };
  });
}

// The machines of another stack are a schema of their own.
function knownAs(name: string): Setting[] {
  const top = name === "host" ? { properties: { stack: { type: "string" } } } : (known.properties?.[name] ?? {});
  if (name === "host") expect(Object.keys(guestSchema.shape.host.shape)).toEqual(["stack"]);
  return settingsOf(name, top, known.required?.includes(name) ?? false);
}

function settingsOf(name: string, node: Node, required: boolean): Setting[] {
  const { properties, required: needed = [] } = node.prefixItems?.[0] ?? node.oneOf?.at(-1) ?? node;
  if (properties === undefined) return [{ name, ending: required ? "required" : defaultOf(node) }];
  const names = Object.keys(properties).sort((a, b) => order(name, a) - order(name, b));
  return names.flatMap((key) => settingsOf(`${name}.${key}`, properties[key] ?? {}, needed.includes(key)));
}

// What all machines have in common stands first in the schema; a list of machines begins with their names.
function order(group: string, key: string): number {
  const first: Readonly<Record<string, readonly string[]>> = {
    edge: ["address", "port", "user"],
    servers: ["name", "address", "port", "user"],
  };
  const at = first[group]?.indexOf(key) ?? -1;
  return at < 0 ? 99 : at;
}

function defaultOf({ default: value }: Node): string {
  if (typeof value === "string") return `default ${value}`;
  const empty = value === undefined || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  if (empty) return "default - ";
  return `default ${JSON.stringify(value).replace(/","/g, '", "')}`;
}

/** The lines of a description; one that goes on is one. */
function linesOf(description: string): string[] {
  return description.replace(/\n(?!- )\s*/g, " ").split("\n");
}

function read(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}
