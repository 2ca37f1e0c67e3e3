import { existsSync, readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";

import { messageOf, UserError } from "../lib/errors";
import { APP_SECRETS, plainSecrets, SECRET, SECRET_SETTINGS, withoutTexts } from "./secrets";

/** The stack's configuration, overridden by `Pulumi.<stack>.local.yaml`, the settings of this checkout, if it exists. */
export function rawSettings(): Readonly<Record<string, unknown>> {
  return given({ ...stackConfig(), ...localConfig(`Pulumi.${pulumi.getStack()}.local.yaml`) });
}

/**
 * Optional groups: an empty one, the default in `Pulumi.yaml` or one in the checkout's file, means none. Without a default the CLI
 * refuses to start the program, before it can report all faults. An empty text means none everywhere.
 */
const OPTIONAL: readonly string[] = ["storage", APP_SECRETS];

function stackConfig(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const)
      .map(([name, value]) => [name, shown(name, value)]),
  );
}

function shown(name: string, value: string): unknown {
  if (name === APP_SECRETS) return withoutTexts(fromConfigText(value), plainSecrets(stackFile(), pulumi.getProject()));
  return value !== "" && isSecret(name) ? SECRET : fromConfigText(value);
}

// Missing if the CLI uses another file.
function stackFile(): unknown {
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  return existsSync(file) ? yamlIn(file) : undefined;
}

function isSecret(name: string): boolean {
  return SECRET_SETTINGS.some((one) => one === name);
}

function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== "" && !(OPTIONAL.includes(name) && isNone(value))),
  );
}

function isNone(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

// The engine passes every value as text: objects, lists, numbers and booleans as JSON, strings as they are.
function fromConfigText(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

const localFile = z.strictObject({ config: z.record(z.string(), z.unknown()) });

function localConfig(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const prefix = `${pulumi.getProject()}:`;
  const read = localFile.safeParse(yamlIn(file));
  if (!read.success)
    throw new UserError(
      `${file}: expected 'config:' with settings below it, as in Pulumi.<stack>.yaml; correct the file or remove it`,
    );
  return Object.fromEntries(Object.entries(read.data.config).map(([key, value]) => [key.replace(prefix, ""), value]));
}

function yamlIn(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: is no YAML: ${messageOf(error).trimEnd()}`);
  }
}
