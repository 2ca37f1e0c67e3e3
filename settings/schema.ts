import { z } from "zod";

import { RESERVED_VARIABLES } from "./reserved-variables";
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

const job = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "not a name of lower-case letters, digits and hyphens"),
  // systemd checks the calendar event during up; preview checks the characters, which need no quoting.
  schedule: z.string().regex(/^[A-Za-z0-9*][A-Za-z0-9*,:./~ _+-]*$/, "not a time such as daily or Mon *-*-* 03:30"),
  command: text,
});

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
    })
    .prefault({}),
  app: z
    .strictObject({
      context: text.default("./app"),
      dockerfile: text.default("Dockerfile"),
      buildArgs: z
        .record(z.string().regex(/^[A-Za-z_]\w*$/, "not a name of a build argument"), z.string())
        .superRefine((args, context) => {
          if ("PYTHON_IMAGE" in args)
            context.addIssue({
              code: "custom",
              path: ["PYTHON_IMAGE"],
              message: "is set by the program: use images.python",
            });
        })
        .default({}),
      image: text.optional(),
      // A container without capabilities may not listen below 1024.
      port: z.number().int().min(1024).max(65535).default(8000),
      healthCommand: z.array(text).min(1).default(["python", "-m", "mysite.healthcheck"]),
      adminUser: z
        .string()
        .regex(/^[\w.@+-]{1,150}$/, "not a user name that Django accepts")
        .default("admin"),
      adminPath: z
        .string()
        .regex(/^(\/[A-Za-z0-9_-]+)+\/$/, "not a path such as /admin/, with a slash at both ends")
        .refine((path) => !/^\/(dashboard|api)\//.test(path), "is taken by the proxy's dashboard: choose another path")
        .default("/admin/"),
      release: z.array(text).optional(),
      workers: z.number().int().min(1).max(64).default(3),
      threads: z.number().int().min(1).max(64).default(4),
      timeoutSeconds: seconds.default(30),
      gracefulSeconds: seconds.default(25),
      memoryMb: z.number().int().min(64).default(512),
      processes: z.number().int().min(16).default(256),
      hsts: z
        .strictObject({
          // An hour: long enough for Django's own check (security.W004), short enough to undo.
          seconds: z.number().int().min(0).default(3600),
          includeSubdomains: z.boolean().default(false),
          preload: z.boolean().default(false),
        })
        .prefault({}),
      keepData: z.boolean().default(true),
      rotate: z.strictObject({ djangoKey: text.optional(), adminPassword: text.optional() }).prefault({}),
      environment: z
        .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "not a variable name in capitals"), z.string())
        .superRefine((variables, context) => {
          for (const name of Object.keys(variables)) {
            const instead = RESERVED_VARIABLES[name];
            if (instead !== undefined)
              context.addIssue({ code: "custom", path: [name], message: `is set by the program: ${instead}` });
          }
        })
        .default({}),
      startSeconds: seconds.default(180),
      logLevel: z.enum(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]).default("INFO"),
      jobs: z
        .array(job)
        .superRefine((jobs, context) => {
          for (const [index, { name }] of jobs.entries()) {
            if (jobs.findIndex((one) => one.name === name) < index)
              context.addIssue({
                code: "custom",
                path: [index, "name"],
                message: "another job has this name: choose another",
              });
          }
        })
        .default([]),
    })
    .prefault({}),
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
      })
      .prefault({}),
    images: z.strictObject({ traefik: ofOwnerStack, postgres: ofOwnerStack, python: pythonImage }).prefault({}),
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
