import { z } from "zod";

import { Refuse } from "./rules";
import { formed } from "./values";
/** Placeholder for a secret's text during validation. */
export const SECRET = "[secret]";

/** Secret settings; their texts never leave an Output. */
export const SECRET_SETTINGS = [
  "dnsToken",
  "databaseUrl",
  "storageAccessKey",
  "storageSecretKey",
  "backupEnvironment",
  "backupKey",
  "alertUrls",
  "alertHeartbeat",
] as const;

/** The setting with the operator's secrets for the application; their names are not secret. */
export const APP_SECRETS = "appSecrets";

const hidden = z.string().superRefine((text, context) => {
  if (text === SECRET) return;
  const message =
    text === ""
      ? "is empty: set the secret"
      : "is stored in plain text: revoke it, then set a new one with 'pulumi config set --secret'";
  context.addIssue({ code: "custom", message });
});

/** A setting that is a secret. */
export const secret = hidden.optional();

/** The operator's secrets for the application, by name. */
export const appSecrets = z
  .record(formed(/^[A-Z][A-Z0-9_]*$/, "a name of capitals, digits and _, such as MAIL_PASSWORD"), hidden)
  .superRefine((secrets, context) => {
    for (const name of Object.keys(secrets)) {
      if (/^HOMEPORT_/.test(name))
        context.addIssue({ code: "custom", path: [name], message: "names with HOMEPORT_ are the program's own" });
    }
  })
  .describe("a group of secrets: set each with 'pulumi config set --secret --path homeport:appSecrets.NAME'")
  .default({});

/** Whether a setting is one of secrets. */
export function isSecretSetting(name: string): boolean {
  return [...SECRET_SETTINGS, APP_SECRETS].some((one) => one === name);
}

/** Refuses a secret that app.environment sets as well. */
export function refuseTwice(
  {
    appSecrets: secrets,
    app,
  }: {
    readonly appSecrets: z.output<typeof appSecrets>;
    readonly app: { readonly environment: Readonly<Record<string, string>> };
  },
  refuse: Refuse,
): void {
  for (const name of Object.keys(secrets)) {
    const other = [name, `${name}_FILE`].find((variable) => variable in app.environment);
    if (other !== undefined) refuse([APP_SECRETS, name], `app.environment has ${other} as well: remove one of them`);
  }
}

/**
 * The operator's secrets with their texts replaced, for validation. `plain`: names of those stored in plain text, which stay as they are.
 */
export function withoutTexts(secrets: unknown, plain: readonly string[]): unknown {
  if (typeof secrets !== "object" || secrets === null || Array.isArray(secrets)) return SECRET;
  const shown = Object.entries(secrets).map(([name, text]: [string, unknown]) => {
    return [name, text === "" || plain.includes(name) ? text : SECRET] as const;
  });
  return Object.fromEntries(shown);
}

/** Names of the secrets that a stack's parsed file has in plain text. The engine marks all of them secret if one is,
 * and hands all of them to the program in plain text, so only the file says which are not encrypted. */
export function plainSecrets(file: unknown, project: string): string[] {
  const read = z
    .object({ config: z.record(z.string(), z.unknown()) })
    .transform(({ config }) => config[`${project}:${APP_SECRETS}`])
    .pipe(z.record(z.string(), z.unknown()))
    .safeParse(file);
  if (!read.success) return [];
  return Object.entries(read.data)
    .filter(([, value]) => !z.object({ secure: z.string() }).safeParse(value).success)
    .map(([name]) => name);
}
