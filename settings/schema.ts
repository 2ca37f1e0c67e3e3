import { z } from "zod";

import { alerts } from "./alerts";
import { backup, refuseBackup } from "./backup";
import { updates } from "./updates";
import { app } from "./app";
import { VERSIONS } from "./default-images";
import { refuseDatabase, refuseDatabaseServer } from "./database";
import { refuseSameMachine, refuseServers, refuseTunnelNetwork } from "./machines";
import { refuseForeignNames, refuseSameNames } from "./names";
import { Refuse, rule } from "./rules";
import { appSecrets, refuseTwice, secret } from "./secrets";
import { refuseChallenge, tls } from "./tls";
import { certificateFile, privateKeyFile } from "./user-files";
import {
  cidr,
  formed,
  hostName,
  loginName,
  machineAddress,
  openPort,
  platforms,
  port,
  publicKey,
  seconds,
  text,
  webUrl,
  wholeNumber,
} from "./values";

/** One reference for all platforms, or one for each. */
const pythonImage = z.union([text, z.partialRecord(platforms, text)]).default(VERSIONS.python);

const machine = {
  address: machineAddress,
  port: port.default(22),
  hostKey: publicKey,
  privateKeyFile: privateKeyFile.optional(),
};

const server = z.strictObject({
  ...machine,
  name: formed(/^[a-z][a-z0-9-]{1,30}$/, "a name of 2 to 31 lower-case letters, digits and hyphens"),
  user: loginName.default("pi"),
  platform: platforms.default("linux/arm/v7"),
  place: z.enum(["home", "public"]).default("home"),
  edgeAddress: machineAddress.optional(),
  replicas: wholeNumber(0, 16).default(1),
  sshFrom: z.array(cidr).default([]),
  open: z.array(openPort).default([]),
  reach: z.array(cidr).default([]),
  sshOverTunnel: z.boolean().default(false),
});

const settings = z.strictObject({
  host: z.strictObject({}).prefault({}),
  domain: hostName,
  hosts: z.array(hostName).default([]),
  edge: z.strictObject({ ...machine, user: loginName.default("root"), sshFrom: z.array(cidr).default([]) }),
  ingress: z.enum(["server", "edge"]).default("server"),
  servers: z.tuple([server], server),
  tunnel: z
    .strictObject({
      network: cidr.default("10.77.0.0/24"),
      interface: formed(
        /^[a-z][a-z0-9_-]{0,14}$/,
        "an interface's name of at most 15 lower-case letters, digits, - and _",
      ).default("wg0"),
      port: port.default(51820),
      mtu: wholeNumber(1280, 1440).default(1420),
      keepaliveSeconds: wholeNumber(1, 65535).default(25),
      rotateKeys: text.optional(),
    })
    .prefault({}),
  tls,
  dnsToken: secret,
  dns: z.discriminatedUnion("provider", [
    z.strictObject({ provider: z.literal("none") }),
    z.strictObject({
      provider: z.literal("cloudflare"),
      zoneId: formed(/^[0-9a-f]{32}$/, "a zone id of 32 hexadecimal digits"),
      apiUrl: webUrl.optional(),
      // 60 to 86400: the API's own bounds for a zone that is not Enterprise.
      ttlSeconds: wholeNumber(60, 86400).default(300),
      caa: z.enum(["names", "domain", "none"]).default("names"),
      adopt: z.boolean().default(false),
      proxied: z.boolean().default(false),
    }),
  ]),
  proxy: z
    .strictObject({
      // Requests are not buffered, so the limit costs no disk.
      uploadMaxMb: wholeNumber(1).default(4096),
      publicUploadMaxMb: wholeNumber(1).default(10),
      readTimeoutSeconds: seconds.optional(),
      idleTimeoutSeconds: seconds.optional(),
      encodedPaths: z.boolean().default(false),
      compress: z.boolean().default(false),
    })
    .prefault({}),
  database: z
    .strictObject({
      engine: z.enum(["sqlite", "postgresql"]).default("sqlite"),
      server: text.optional(),
      caFile: certificateFile.optional(),
      memoryMb: wholeNumber(128).default(512),
      keepData: z.boolean().default(true),
      rotatePassword: text.optional(),
    })
    .prefault({}),
  databaseUrl: secret,
  storage: z
    .strictObject({
      endpoint: webUrl.describe("the URL of an S3 endpoint"),
      bucket: formed(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
      region: text.default("us-east-1"),
      publicUrl: webUrl.optional(),
      signed: z.boolean().default(false),
      acl: z.enum(["public-read"]).optional(),
      caFile: certificateFile.optional(),
    })
    .optional(),
  storageAccessKey: secret,
  storageSecretKey: secret,
  backup,
  backupEnvironment: secret,
  backupKey: secret,
  alerts,
  updates,
  alertUrls: secret,
  alertHeartbeat: secret,
  images: z
    .strictObject({
      traefik: text.default(VERSIONS.traefik),
      python: pythonImage,
      postgres: text.default(VERSIONS.postgres),
      redis: text.default(VERSIONS.redis),
    })
    .prefault({}),
  app,
  appSecrets,
});

type Values = z.output<typeof settings>;

const ofEverySite = [
  rule(["hosts"], refuseSameNames),
  rule(["domain", "hosts", "dns"], refuseForeignNames),
  rule(["database", "databaseUrl", "storage", "storageAccessKey", "storageSecretKey"], refuseIncomplete),
  rule(["app", "appSecrets"], refuseTwice),
  rule(["backup"], refuseBackup),
];

/** The settings as written in `Pulumi.<stack>.yaml`; `Pulumi.yaml` describes each. */
export const schema = settings.check(
  rule(["servers"], refuseServers),
  rule(["servers", "storage"], refuseScatteredUploads),
  rule(["servers", "app"], refuseScatteredServices),
  rule(["edge", "servers"], refuseSameMachine),
  rule(["edge", "servers", "tunnel"], refuseTunnelNetwork),
  rule(["servers", "database", "app"], refuseDatabase),
  rule(["tls", "dnsToken"], refuseChallenge),
  ...ofEverySite,
);

function refuseScatteredUploads({ servers, storage }: Pick<Values, "servers" | "storage">, refuse: Refuse): void {
  if (servers.filter(({ replicas }) => replicas > 0).length > 1 && storage === undefined)
    refuse(["storage"], "is required with more than one server: an upload would be on only one of them");
}

function refuseScatteredServices(
  { servers, app: { services } }: Pick<Values, "servers" | "app">,
  refuse: Refuse,
): void {
  if (servers.length > 1 && Object.keys(services).length > 0)
    refuse(
      ["app", "services"],
      "need a single server so far: run the service elsewhere, and give its address by app.environment and appSecrets",
    );
}

// Each of these needs a secret, which is a separate setting.
function refuseIncomplete(
  {
    database,
    databaseUrl,
    storage,
    storageAccessKey,
    storageSecretKey,
  }: Pick<Values, "database" | "databaseUrl" | "storage" | "storageAccessKey" | "storageSecretKey">,
  refuse: Refuse,
): void {
  if (database.engine === "postgresql" && database.server === undefined && databaseUrl === undefined)
    refuse(
      ["database", "server"],
      "is required with postgresql: name the server that is to run it, or set the URL of an existing one with 'pulumi config set --secret databaseUrl postgresql://USER:PASSWORD@HOST/NAME'",
    );
  for (const [name, value] of Object.entries({ storageAccessKey, storageSecretKey })) {
    if (storage !== undefined && value === undefined)
      refuse([name], `is required with storage: set it with 'pulumi config set --secret ${name} KEY'`);
  }
}

/** A setting that the owner stack decides; the empty default in `Pulumi.yaml` is allowed. */
const ofOwnerStack = z
  .unknown()
  .optional()
  .refine(isEmpty, "is set by the stack in host.stack: remove it here, or change it there");

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** The settings of a guest stack. */
export const guestSchema = settings
  .extend({
    host: z.strictObject({
      stack: formed(
        /^[\w.-]+(\/[\w.-]+){0,2}$/,
        "the name of a stack, such as production or organization/homeport/production",
      ),
    }),
    edge: ofOwnerStack,
    ingress: ofOwnerStack,
    servers: ofOwnerStack,
    tunnel: ofOwnerStack,
    tls: ofOwnerStack,
    dnsToken: ofOwnerStack,
    updates: ofOwnerStack,
    proxy: z
      .strictObject({
        ...settings.shape.proxy.unwrap().shape,
        readTimeoutSeconds: ofOwnerStack,
        idleTimeoutSeconds: ofOwnerStack,
        encodedPaths: ofOwnerStack,
      })
      .prefault({}),
    images: z
      .strictObject({
        traefik: ofOwnerStack,
        postgres: ofOwnerStack,
        python: pythonImage,
        redis: text.default(VERSIONS.redis),
      })
      .prefault({}),
  })
  .check(rule(["database"], refuseDatabaseServer), ...ofEverySite);
