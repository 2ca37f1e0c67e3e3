import { z } from "zod";

import { VARIABLE_SOURCE } from "./variables";
import { filePath, formed, port, seconds, text, wholeNumber } from "./values";

/** A name of a process, service or job: a part of the names of containers and units. */
const partName = formed(/^[a-z][a-z0-9-]{0,30}$/, "a name of at most 31 lower-case letters, digits and hyphens");

/** A name of a variable. Lower case is allowed: an image decides what its variables are called. */
const variable = formed(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable name of letters, digits and _");

/** A path inside a container, of a directory that is kept. */
const containerPath = z
  .string()
  .regex(/^(\/[\w.@-]+)+$/)
  .refine(
    (path) => !/^\/(opt\/homeport|run\/secrets|proc|sys|dev|tmp)(\/|$)/.test(path),
    "is taken: choose another path",
  )
  .describe("an absolute path inside the container, such as /app/media");

/** Shell text, or the words of a command. */
const command = z.union([text, z.array(text).min(1)]);

const job = z.strictObject({
  name: partName,
  // systemd checks the calendar event during up; preview checks the characters, which need no quoting.
  schedule: formed(/^[A-Za-z0-9*][A-Za-z0-9*,:./~ _+-]*$/, "a time such as daily or Mon *-*-* 03:30"),
  command: text,
});

const adminPath = z
  .string()
  .regex(/^(\/[A-Za-z0-9_-]+)+\/$/)
  .refine((path) => !/^\/(dashboard|api)\//.test(path), "is taken by the proxy's dashboard: choose another path")
  .describe("a path such as /admin/, with a slash at both ends");

/** Answers that end a deploy well by default: a page, a redirect, or a page that is not for everybody. */
const status = wholeNumber(100, 599);

const imageUser = formed(/^[\w.-]+(:[\w.-]+)?$/, "a user of the image, such as django, 1000 or 1000:1000");

const process = z.strictObject({
  command,
  instances: wholeNumber(1, 64).optional(),
  memoryMb: wholeNumber(64).optional(),
});

const service = z.strictObject({
  image: text.optional(),
  command: z.array(text).min(1).optional(),
  user: imageUser.optional(),
  port: port.optional(),
  volumes: z.array(containerPath).default([]),
  environment: z.record(variable, z.string()).default({}),
  memoryMb: wholeNumber(32).default(128),
  // What a queue needs: a full one refuses, instead of losing jobs.
  policy: z
    .enum([
      "noeviction",
      "allkeys-lru",
      "allkeys-lfu",
      "allkeys-random",
      "volatile-lru",
      "volatile-lfu",
      "volatile-random",
      "volatile-ttl",
    ])
    .default("noeviction"),
});

/** Services that need no image in the settings. */
const REDIS = ["redis", "valkey"];

/** Capabilities that Docker gives a container by default, without those that only harm (capabilities(7)). */
const capability = z.enum(["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"]);

/** The parts of Homeport's adapter, by which a setting of the project can be kept as it is. */
export const ADAPTER_PARTS = [
  "debug",
  "key",
  "hosts",
  "csrf",
  "proxy",
  "cookies",
  "hsts",
  "database",
  "media",
  "static",
  "storage",
  "uploads",
  "logs",
  "checks",
  "volume",
  "logins",
  "middleware",
] as const;

/** The application. */
export const app = z
  .strictObject({
    context: filePath.default("./app"),
    dockerfile: filePath.default("Dockerfile"),
    target: text.optional(),
    buildArgs: z
      .record(variable, z.string())
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
    command: command.optional(),
    user: imageUser.optional(),
    readOnly: z.boolean().default(true),
    capabilities: z.array(capability).default([]),
    volumes: z.array(containerPath).default([]),
    port: port.optional(),
    health: z
      .strictObject({
        path: formed(/^\/[^\s"'\\]*$/, "a path such as /health").default("/"),
        status: z.union([status.transform((one) => [one]), z.array(status).min(1)]).optional(),
        seconds: seconds.default(180),
        command: z.array(text).min(1).optional(),
      })
      .prefault({}),
    adapter: z
      .union([
        z.boolean().transform((on): "all" | [] => (on ? [] : "all")),
        z.strictObject({ keep: z.array(z.enum(ADAPTER_PARTS)) }).transform(({ keep }) => keep),
      ])
      .prefault(true),
    adminUser: formed(/^[\w.@+-]{1,150}$/, "a user name that Django accepts, such as admin").default("admin"),
    adminPath: z.union([adminPath.transform((path) => [path]), z.array(adminPath)]).prefault("/admin/"),
    release: z.array(text).optional(),
    releaseSeconds: seconds.default(900),
    releaseEntrypoint: z.boolean().default(true),
    workers: wholeNumber(1, 64).optional(),
    threads: wholeNumber(1, 64).optional(),
    timeoutSeconds: seconds.optional(),
    gracefulSeconds: seconds.optional(),
    memoryMb: wholeNumber(64).default(512),
    maxProcesses: wholeNumber(16).default(256),
    processes: z.record(partName, process).default({}),
    services: z
      .record(partName, service)
      .superRefine((services, context) => {
        for (const [name, { image }] of Object.entries(services)) {
          if (image === undefined && !REDIS.includes(name))
            context.addIssue({
              code: "custom",
              path: [name, "image"],
              message: `is required: only ${REDIS.join(" and ")} have a default`,
            });
        }
      })
      .default({}),
    hsts: z
      .strictObject({
        // An hour: long enough for Django's own check (security.W004), short enough to undo.
        seconds: wholeNumber(0).default(3600),
        includeSubdomains: z.boolean().default(false),
        preload: z.boolean().default(false),
      })
      .prefault({}),
    keepData: z.boolean().default(true),
    rotate: z.strictObject({ djangoKey: text.optional(), adminPassword: text.optional() }).prefault({}),
    environment: z
      .record(variable, z.string())
      .superRefine((variables, context) => {
        for (const name of Object.keys(variables)) {
          if (/^HOMEPORT_/.test(name))
            context.addIssue({ code: "custom", path: [name], message: "names with HOMEPORT_ are the program's own" });
        }
      })
      .default({}),
    variables: z
      .record(
        variable,
        formed(
          VARIABLE_SOURCE,
          "a value such as key, database.host, storage.accessKey, services.redis.url or secret.NAME",
        ),
      )
      .default({}),
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
  .prefault({});
