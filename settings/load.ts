import { existsSync, readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";

import { UserError } from "../lib/errors";
import { HostAddress } from "../components/machine/connection";
import { hostAddress } from "../components/machine/login";
import { readUserFile } from "../lib/user-file";
import { EDGE_NAME, guestSchema, schema } from "./schema";
import { APP_SECRETS, plainSecrets, SECRET, SECRET_SETTINGS, withoutTexts } from "./secrets";

type Raw = z.output<typeof schema>;
type RawGuest = z.output<typeof guestSchema>;

/** Where PostgreSQL is, beside or instead of SQLite. */
export type Database = Omit<Raw["database"], "caFile"> & {
  /** Of one that others run; secret. */
  readonly url: pulumi.Output<string> | undefined;
  readonly caPem: string | undefined;
};

/** A bucket and the keys to it. */
export type Storage = NonNullable<Raw["storage"]> & {
  readonly caPem: string | undefined;
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
};

/** What is told of every site: names, records, application. */
export interface SiteSettings extends Pick<Raw, "domain"> {
  /** Names under which the site answers; the first is the one that links use. */
  readonly hosts: readonly string[];
  /** The token is undefined where the provider finds one itself, in CLOUDFLARE_API_TOKEN. */
  readonly dns: Raw["dns"] & { readonly apiToken: pulumi.Output<string> | undefined };
  readonly app: Raw["app"] & { readonly release: readonly string[] };
  readonly database: Database;
  /** Undefined: files are kept in the volume. */
  readonly storage: Storage | undefined;
  /** The person's own, by the name of the variable that names each one's file. */
  readonly appSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly images: Pick<Raw["images"], "python">;
  readonly proxy: Pick<Raw["proxy"], "uploadMaxMb" | "compress">;
}

/** A machine that runs the application. */
export type ServerSettings = HostAddress & Omit<Raw["servers"][0], keyof HostAddress>;

/** All settings of a stack with machines of its own, checked, with every default filled in. */
export interface Settings extends SiteSettings, Pick<Raw, "host" | "tunnel" | "ingress"> {
  readonly edge: HostAddress & Pick<Raw["edge"], "sshFrom">;
  readonly servers: readonly [ServerSettings, ...ServerSettings[]];
  /** The token is that of the proxy for DNS-01; undefined with another challenge. */
  readonly tls: Raw["tls"] & {
    readonly caPem: string | undefined;
    readonly dnsToken: pulumi.Output<string> | undefined;
  };
  readonly images: Raw["images"];
  readonly proxy: Raw["proxy"];
}

/** All settings of a stack on the machines of another one. */
export interface GuestSettings extends SiteSettings, Pick<RawGuest, "host"> {}

/** Whether a stack shares the machines of another one. */
export function isGuest(settings: Settings | GuestSettings): settings is GuestSettings {
  return "stack" in settings.host;
}

/** Reads the stack's configuration, and over it `Pulumi.<stack>.local.yaml` if there is one: what belongs to one checkout only. */
export function loadSettings(): Settings | GuestSettings {
  const values = given({ ...stackConfig(), ...localConfig(`Pulumi.${pulumi.getStack()}.local.yaml`) });
  return namesStack(values["host"]) ? readGuestSettings(values) : readSettings(values);
}

/** Checks raw values of a stack with machines of its own; throws one UserError that names every fault by its path. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
  const { edge, servers, tls, dnsToken, ...rest } = checked(schema, values);
  const [first, ...others] = servers;
  return {
    ...rest,
    ...siteSettings(rest),
    edge: { ...hostAddress("edge", { ...edge, name: EDGE_NAME }), sshFrom: edge.sshFrom },
    servers: [serverSettings(first, 0), ...others.map((one, index) => serverSettings(one, index + 1))],
    tls: {
      ...tls,
      caPem: userFile("tls/caFile", tls.caFile),
      dnsToken:
        dnsToken === undefined || tls.challenge !== "dns-01"
          ? undefined
          : new pulumi.Config().requireSecret("dnsToken"),
    },
  };
}

/** The same for a stack on the machines of another one. */
export function readGuestSettings(values: Readonly<Record<string, unknown>>): GuestSettings {
  const { host, images, proxy, ...site } = checked(guestSchema, values);
  return { domain: site.domain, host, images, proxy, ...siteSettings(site) };
}

function serverSettings(server: Raw["servers"][0], index: number): ServerSettings {
  return { ...server, ...hostAddress(`servers/${index}`, server) };
}

function siteSettings({
  domain,
  hosts,
  dns,
  database,
  databaseUrl,
  storage,
  app,
  appSecrets,
}: Pick<Raw, "domain" | "hosts" | "dns" | "database" | "databaseUrl" | "storage" | "app" | "appSecrets">) {
  const { caFile, ...where } = database;
  return {
    hosts: hosts.length > 0 ? hosts : [`www.${domain}`, domain],
    app: { ...app, release: app.release ?? releaseCommands(storage !== undefined) },
    dns: { ...dns, apiToken: new pulumi.Config("cloudflare").getSecret("apiToken") },
    database: {
      ...where,
      url: databaseUrl === undefined ? undefined : new pulumi.Config().requireSecret("databaseUrl"),
      caPem: userFile("database/caFile", caFile),
    },
    storage:
      storage === undefined
        ? undefined
        : {
            ...storage,
            caPem: userFile("storage/caFile", storage.caFile),
            accessKey: new pulumi.Config().requireSecret("storageAccessKey"),
            secretKey: new pulumi.Config().requireSecret("storageSecretKey"),
          },
    appSecrets: Object.fromEntries(Object.keys(appSecrets).map((name) => [name, appSecret(name)])),
  };
}

function appSecret(name: string): pulumi.Output<string> {
  return new pulumi.Config()
    .requireSecretObject<Readonly<Record<string, string>>>(APP_SECRETS)
    .apply((all) => all[name] ?? "");
}

function releaseCommands(storage: boolean): string[] {
  const manage = ["migrate --noinput", ...(storage ? ["collectstatic --noinput"] : []), "ensureadmin"];
  return manage.map((words) => `python manage.py ${words}`);
}

function userFile(at: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readUserFile(at, file);
}

function namesStack(host: unknown): boolean {
  return typeof host === "object" && host !== null && "stack" in host;
}

function checked<T>(by: z.ZodType<T>, values: Readonly<Record<string, unknown>>): T {
  const result = by.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  // One line a path: zod goes on with the rules after a wrong type.
  const faults = result.error.issues
    .filter((issue, index, all) => all.findIndex((one) => one.path.join("/") === issue.path.join("/")) === index)
    .flatMap(describeIssue)
    .sort();
  throw new UserError(
    `the configuration of stack ${pulumi.getStack()} has ${faults.length} fault(s):\n${faults.map((one) => `  ${one}\n`).join("")}${otherProject()}`,
  );
}

/** The project's name as it comes, under which the settings stand in every example. */
const AS_IT_COMES = "homeport";

/** What is said of settings that are not read because the project has another name; empty where there are none. */
function otherProject(): string {
  const project = pulumi.getProject();
  const unread = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(`${AS_IT_COMES}:`));
  if (project === AS_IT_COMES || unread.length === 0) return "";
  const [file, name] = [`Pulumi.${pulumi.getStack()}.yaml`, unread[0]?.slice(AS_IT_COMES.length + 1) ?? ""];
  return (
    `${unread.length} setting(s) in ${file} are not read: they are under '${AS_IT_COMES}:', and the project is called ${project} (Pulumi.yaml). ` +
    `Write '${project}:${name}' for '${AS_IT_COMES}:${name}' there, and the others likewise; or call the project ${AS_IT_COMES}\n`
  );
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.map(String).join("/");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `${[at, key].filter(Boolean).join("/")}: there is no such setting (see Pulumi.yaml)`,
    );
  }
  if (issue.code === "invalid_key") return issue.issues.map((one) => `${at}: ${one.message}`);
  const missing = issue.code === "invalid_type" && issue.input === undefined;
  return [`${at}: ${missing ? "is required" : issue.message}`];
}

/** Settings that a stack may do without altogether; the empty default that `Pulumi.yaml` has to give them is none, and so is an empty one of the checkout's own file. */
const OPTIONAL: readonly string[] = ["ingress", "storage", APP_SECRETS, ...SECRET_SETTINGS];

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

// Where the CLI was told another file, this one has nothing to say.
function stackFile(): unknown {
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  return existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined;
}

function isSecret(name: string): boolean {
  return SECRET_SETTINGS.some((one) => one === name);
}

function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => !(OPTIONAL.includes(name) && isNone(value))),
  );
}

function isNone(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

// The engine hands over every value as text: objects, lists, numbers and booleans as JSON, strings as they are.
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
  const read = localFile.safeParse(parse(readFileSync(file, "utf8")));
  if (!read.success)
    throw new UserError(
      `${file}: expected 'config:' with settings below it, as in Pulumi.<stack>.yaml; correct the file or remove it`,
    );
  return Object.fromEntries(Object.entries(read.data.config).map(([key, value]) => [key.replace(prefix, ""), value]));
}
