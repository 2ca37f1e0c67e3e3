import * as pulumi from "@pulumi/pulumi";

import { MANAGE } from "../lib/adapter-paths";
import { readUserFile } from "../lib/user-file";
import { checked } from "./faults";
import { hostAddress } from "./host-address";
import { EDGE_NAME } from "./machines";
import { guestSchema, schema } from "./schema";
import { APP_SECRETS } from "./secrets";
import { GuestSettings, RawSettings, ServerSettings, Settings, SiteSettings } from "./settings";
import { rawSettings } from "./stack-config";

/** Reads the stack's configuration, overridden by `Pulumi.<stack>.local.yaml`, the settings of this checkout, if it exists. */
export function loadSettings(): Settings | GuestSettings {
  const values = rawSettings();
  return namesStack(values["host"]) ? readGuestSettings(values) : readSettings(values);
}

/** Checks the raw values of an owner stack; throws one UserError that lists every fault by its path. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
  const { edge, servers, tls, dnsToken, alertUrls, alertHeartbeat, ...rest } = checked(schema, values);
  const [first, ...others] = servers;
  return {
    ...rest,
    ...siteSettings(rest),
    edge: { ...hostAddress("edge", { ...edge, name: EDGE_NAME }), sshFrom: edge.sshFrom },
    alerts: {
      ...rest.alerts,
      urls: secretIf("alertUrls", alertUrls),
      heartbeat: secretIf("alertHeartbeat", alertHeartbeat),
    },
    servers: [serverSettings(first, 0), ...others.map((one, index) => serverSettings(one, index + 1))],
    tls: {
      ...tls,
      caPem: userFile("tls.caFile", tls.caFile),
      dnsToken:
        dnsToken === undefined || tls.challenge !== "dns-01"
          ? undefined
          : new pulumi.Config().requireSecret("dnsToken"),
    },
  };
}

/** The same for a guest stack. */
export function readGuestSettings(values: Readonly<Record<string, unknown>>): GuestSettings {
  const { host, images, proxy, ...site } = checked(guestSchema, values);
  return { domain: site.domain, host, images, proxy, ...siteSettings(site) };
}

function secretIf(name: string, given: string | undefined): pulumi.Output<string> | undefined {
  return given === undefined ? undefined : new pulumi.Config().requireSecret(name);
}

function serverSettings(server: RawSettings["servers"][0], index: number): ServerSettings {
  return { ...server, ...hostAddress(`servers[${index}]`, server) };
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
  backup,
  backupEnvironment,
  backupKey,
}: Pick<
  RawSettings,
  | "domain"
  | "hosts"
  | "dns"
  | "database"
  | "databaseUrl"
  | "storage"
  | "app"
  | "appSecrets"
  | "backup"
  | "backupEnvironment"
  | "backupKey"
>) {
  const { caFile, ...where } = database;
  return {
    hosts: hosts.length > 0 ? hosts : [`www.${domain}`, domain],
    app: { ...app, release: releaseOf(app) },
    dns: { ...dns, apiToken: new pulumi.Config("cloudflare").getSecret("apiToken") },
    database: {
      ...where,
      url: secretIf("databaseUrl", databaseUrl),
      caPem: userFile("database.caFile", caFile),
    },
    backup: {
      ...backup,
      environment: secretIf("backupEnvironment", backupEnvironment),
      key: secretIf("backupKey", backupKey),
    },
    storage:
      storage === undefined
        ? undefined
        : {
            ...storage,
            caPem: userFile("storage.caFile", storage.caFile),
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

/** The release commands of the settings, or Homeport's own: with its adapter, also the first administrator's. */
function releaseOf({ release, adapter }: RawSettings["app"]): SiteSettings["app"]["release"] {
  if (release !== undefined) return { commands: release, byDefault: false };
  const words = ["migrate --noinput", ...(adapter === "all" ? [] : ["ensureadmin"])];
  return { commands: words.map((one) => `${MANAGE} ${one}`), byDefault: true };
}

function userFile(at: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readUserFile(at, file);
}

function namesStack(host: unknown): boolean {
  return typeof host === "object" && host !== null && "stack" in host;
}
