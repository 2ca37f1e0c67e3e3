import { z } from "zod";

import { app } from "./app";
import { VERSIONS } from "./default-images";
import { refuseDatabase } from "./database";
import { refuseSameMachine } from "./machines";
import { appSecrets, refuseTwice, secret } from "./secrets";
import { refuseChallenge, tls } from "./tls";
import { cidr, hostName, openPort, platforms, port, publicKey, seconds, text } from "./values";

/** One reference for all platforms, or one for each. */
const pythonImage = z.union([text, z.partialRecord(platforms, text)]).default(VERSIONS.python);

/** The edge's name among the machines. */
export const EDGE_NAME = "vps";

const machine = {
  address: text,
  port: port.default(22),
  hostKey: publicKey,
  privateKeyFile: text.optional(),
};

const server = z.strictObject({
  ...machine,
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "not a name of lower-case letters, digits and hyphens"),
  user: text.default("pi"),
  platform: platforms.default("linux/arm/v7"),
  place: z.enum(["home", "public"]).default("home"),
  edgeAddress: text.optional(),
  replicas: z.number().int().min(0).max(16).default(1),
  sshFrom: z.array(cidr).default([]),
  open: z.array(openPort).default([]),
  sshOverTunnel: z.boolean().default(false),
});

const settings = z.strictObject({
  host: z.strictObject({}).prefault({}),
  domain: hostName,
  hosts: z.array(hostName).default([]),
  edge: z.strictObject({ ...machine, user: text.default("root"), sshFrom: z.array(cidr).default([]) }),
  ingress: z.enum(["server", "edge"]).default("server"),
  servers: z
    .tuple([server], server, {
      error: (issue) => (issue.input === undefined ? undefined : "must be a list of at least one server"),
    })
    .superRefine((all, context) => {
      const refuse = (path: (string | number)[], message: string): void => {
        context.addIssue({ code: "custom", path, message });
      };
      if (all[0].replicas === 0)
        refuse([0, "replicas"], "must be 1 or more: the first server runs the release commands and jobs");
      const names = [EDGE_NAME];
      for (const [index, { name }] of all.entries()) {
        if (names.includes(name)) refuse([index, "name"], `the name ${name} is taken by another machine`);
        names.push(name);
      }
    }),
  tunnel: z
    .strictObject({
      network: cidr.default("10.77.0.0/24"),
      interface: z
        .string()
        .regex(/^[a-z][a-z0-9_-]{0,14}$/, "not an interface name")
        .default("wg0"),
      port: port.default(51820),
      mtu: z.number().int().min(1280).max(1440).default(1420),
      keepaliveSeconds: z.number().int().min(1).max(65535).default(25),
    })
    .prefault({}),
  tls,
  dnsToken: secret,
  dns: z.discriminatedUnion("provider", [
    z.strictObject({ provider: z.literal("none") }),
    z.strictObject({
      provider: z.literal("cloudflare"),
      zoneId: z.string().regex(/^[0-9a-f]{32}$/, "not a zone id of 32 hexadecimal digits"),
      apiUrl: z.url().optional(),
      // 60 to 86400: the API's own bounds for a zone that is not Enterprise.
      ttlSeconds: z.number().int().min(60).max(86400).default(300),
      caa: z.enum(["names", "domain", "none"]).default("names"),
      adopt: z.boolean().default(false),
      proxied: z.boolean().default(false),
    }),
  ]),
  proxy: z
    .strictObject({
      // Requests are not buffered, so the limit costs no disk.
      uploadMaxMb: z.number().int().min(1).default(4096),
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
      caFile: text.optional(),
      memoryMb: z.number().int().min(128).default(512),
      keepData: z.boolean().default(true),
      rotatePassword: text.optional(),
    })
    .prefault({}),
  databaseUrl: secret,
  storage: z
    .strictObject({
      endpoint: z.url("not the URL of an S3 endpoint"),
      bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "not the name of a bucket"),
      region: text.default("us-east-1"),
      publicUrl: z.url("not a URL").optional(),
      signed: z.boolean().default(false),
      acl: z.enum(["public-read"]).optional(),
      caFile: text.optional(),
    })
    .optional(),
  storageAccessKey: secret,
  storageSecretKey: secret,
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

type Refuse = (path: (string | number)[], message: string) => void;

/** The settings as written in `Pulumi.<stack>.yaml`; `Pulumi.yaml` describes each. */
export const schema = settings.superRefine((all, context) => {
  const refuse: Refuse = (path, message) => {
    context.addIssue({ code: "custom", path, message });
  };
  if (all.servers.filter(({ replicas }) => replicas > 0).length > 1 && all.storage === undefined)
    refuse(["storage"], "is required with more than one server: an upload would be on only one of them");
  if (all.servers.length > 1 && Object.keys(all.app.services).length > 0)
    refuse(
      ["app", "services"],
      "need a single server so far: run the service elsewhere, and give its address by app.environment and appSecrets",
    );
  refuseSameMachine(all, refuse);
  refuseDatabase(all, refuse);
  refuseChallenge(all, refuse);
  refuseIncomplete(all, refuse);
  refuseTwice(all, refuse);
});

// Each of these needs a secret, which is a separate setting.
function refuseIncomplete(
  {
    database,
    databaseUrl,
    storage,
    storageAccessKey,
    storageSecretKey,
  }: Pick<z.output<typeof settings>, "database" | "databaseUrl" | "storage" | "storageAccessKey" | "storageSecretKey">,
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
  .refine(isEmpty, "is set by the stack in host/stack: remove it here, or change it there");

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** The settings of a guest stack. */
export const guestSchema = settings
  .extend({
    host: z.strictObject({
      stack: z
        .string()
        .regex(
          /^[\w.-]+(\/[\w.-]+){0,2}$/,
          "not the name of a stack such as production or organization/homeport/production",
        ),
    }),
    edge: ofOwnerStack,
    ingress: ofOwnerStack,
    servers: ofOwnerStack,
    tunnel: ofOwnerStack,
    tls: ofOwnerStack,
    dnsToken: ofOwnerStack,
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
  .superRefine((all, context) => {
    const refuse: Refuse = (path, message) => {
      context.addIssue({ code: "custom", path, message });
    };
    refuseIncomplete(all, refuse);
    refuseTwice(all, refuse);
    if (all.database.server !== undefined)
      refuse(["database", "server"], "needs this stack to have servers: use sqlite, or databaseUrl");
  });
