import * as pulumi from "@pulumi/pulumi";

import { loadSettings } from "../../../settings/load";
import { workingDirectory, writeFiles } from "../../support/directory";
import { MINIMAL } from "../../support/settings";

const directory = workingDirectory();

beforeEach(() => {
  // As the CLI writes what it was given with --secret.
  stackFile({ MAIL_PASSWORD: "{ secure: v1:abc }" });
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config: {}\n" });
});

function stackFile(secrets: Readonly<Record<string, string>>): void {
  const lines = Object.entries(secrets).map(([name, value]) => `    ${name}: ${value}\n`);
  writeFiles(directory, { "Pulumi.stack.yaml": `config:\n  project:appSecrets:\n${lines.join("")}` });
}

/** As the engine hands them over. */
function load(appSecrets: unknown, others: object = {}): ReturnType<typeof loadSettings> {
  const values = { ...MINIMAL, appSecrets, ...others };
  const texts = Object.entries(values).map(([key, value]) => [
    `project:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, ["project:appSecrets"]);
  return loadSettings();
}

function faultOf(appSecrets: unknown, others: object = {}): string {
  try {
    load(appSecrets, others);
    return "";
  } catch (error) {
    return String(error);
  }
}

test("secrets of the person's own are secret, each by its name", async () => {
  const { appSecrets, ...rest } = load({ MAIL_PASSWORD: 'a "secret"', SENTRY_DSN: "https://key@sentry.test/1" });
  expect(Object.keys(appSecrets)).toEqual(["MAIL_PASSWORD", "SENTRY_DSN"]);
  const [password] = Object.values(appSecrets);
  expect(await pulumi.isSecret(password as pulumi.Output<string>)).toBe(true);
  expect(await new Promise((resolve) => password?.apply(resolve))).toBe('a "secret"');
  expect(JSON.stringify(rest)).not.toContain("secret");
});

test("one may take the place of what the program would give", () => {
  expect(Object.keys(load({ DATABASE_URL: "a secret", SECRET_KEY: "a secret" }).appSecrets)).toEqual([
    "DATABASE_URL",
    "SECRET_KEY",
  ]);
});

test("there need be none, also where Pulumi.yaml or the checkout's own file says so", () => {
  expect(load({}).appSecrets).toEqual({});
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config:\n  project:appSecrets: {}\n" });
  expect(load({ MAIL_PASSWORD: "a secret" }).appSecrets).toEqual({});
});

test.each([
  ["mail-password", '"mail-password" is not a name of capitals, digits and _, such as MAIL_PASSWORD'],
  ["HOMEPORT_SITE", "names with HOMEPORT_ are the program's own"],
])("%s is no name for one", (name, fault) => {
  expect(faultOf({ [name]: "a secret" })).toContain(` has 1 fault(s):\n  appSecrets.${name}: ${fault}\n`);
  expect(faultOf({ [name]: "a secret" })).not.toContain("a secret");
});

test.each(["MAIL_PASSWORD", "MAIL_PASSWORD_FILE"])(
  "one of which app.environment speaks by %s is refused",
  (variable) => {
    expect(faultOf({ MAIL_PASSWORD: "a secret" }, { app: { environment: { [variable]: "x" } } })).toContain(
      `  appSecrets.MAIL_PASSWORD: app.environment has ${variable} as well: remove one of them\n`,
    );
  },
);

test("an empty one is refused", () => {
  expect(faultOf({ MAIL_PASSWORD: "" })).toContain("  appSecrets.MAIL_PASSWORD: is empty: set the secret\n");
});

test.each(["plain", ["plain"], 7])("what is no secrets by name is refused: %j", (value) => {
  expect(faultOf(value)).toContain(
    "  appSecrets: the secret is not a group of secrets: set each with 'pulumi config set --secret --path ",
  );
  expect(faultOf(value)).not.toContain("plain");
});

test("one in plain text is refused, in the stack's file beside secret ones and in the checkout's own", () => {
  const told = "  appSecrets.SENTRY_DSN: is stored in plain text: revoke it, then set a new one with ";
  stackFile({ MAIL_PASSWORD: "{ secure: v1:abc }", SENTRY_DSN: "plain" });
  expect(faultOf({ MAIL_PASSWORD: "a secret", SENTRY_DSN: "plain" })).toContain(` has 1 fault(s):\n${told}`);
  stackFile({ MAIL_PASSWORD: "{ secure: v1:abc }" });
  writeFiles(directory, { "Pulumi.stack.local.yaml": "config:\n  project:appSecrets: { SENTRY_DSN: plain }\n" });
  expect(faultOf({ MAIL_PASSWORD: "a secret" })).toContain(` has 1 fault(s):\n${told}`);
});

test.each(["", "config:\n", "config: {}\n"])("a stack's file may be without settings: %j", (text) => {
  writeFiles(directory, { "Pulumi.stack.yaml": text });
  expect(faultOf({ MAIL_PASSWORD: "a secret" })).toBe("");
});
