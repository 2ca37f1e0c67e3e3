import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";

import { parseCidr } from "./components/addresses";
import { UserError } from "./components/errors";
import { HostAddress } from "./components/host/connection";
import { VERSIONS } from "./components/versions";

const text = z.string().min(1);
const port = z.number().int().min(1).max(65535);
const seconds = z.number().int().min(1);
const hostName = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, "not a domain name in lower case");
const cidr = z.string().superRefine((value, context) => {
  try {
    parseCidr(value);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});
const publicKey = z
  .string()
  .regex(
    /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+$/,
    "not a host key such as 'ssh-ed25519 AAAA...' (see: ssh-keyscan)",
  );

const host = {
  address: text,
  port: port.default(22),
  hostKey: publicKey,
  privateKeyFile: text.optional(),
};

const server = z.strictObject({
  ...host,
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "not a name of small letters, digits and hyphens"),
  user: text.default("pi"),
  platform: z.enum(["linux/arm/v7", "linux/arm64", "linux/amd64"]).default("linux/arm/v7"),
});

/** The settings as written in `Pulumi.<stack>.yaml`; `Pulumi.yaml` describes each. */
const schema = z.strictObject({
  domain: hostName,
  hosts: z.array(hostName).default([]),
  edge: z.strictObject({ ...host, user: text.default("root"), sshFrom: z.array(cidr).default([]) }),
  servers: z.tuple([server], {
    error: (issue) => (issue.input === undefined ? undefined : "a list of exactly one server is supported"),
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
  tls: z.strictObject({
    directory: z
      .union([
        z.enum(["staging", "production"]),
        z.url("neither staging nor production nor the URL of an ACME directory"),
      ])
      .default("staging"),
    email: z.email(),
    caFile: text.optional(),
  }),
  dns: z.discriminatedUnion("provider", [
    z.strictObject({ provider: z.literal("none") }),
    z.strictObject({
      provider: z.literal("cloudflare"),
      zoneId: z.string().regex(/^[0-9a-f]{32}$/, "not a zone id of 32 hexadecimal digits"),
      apiUrl: z.url().optional(),
      // 60 to 86400: the API's own bounds for a zone that is not Enterprise.
      ttlSeconds: z.number().int().min(60).max(86400).default(300),
    }),
  ]),
  images: z
    .strictObject({ traefik: text.default(VERSIONS.traefik), python: text.default(VERSIONS.python) })
    .prefault({}),
  app: z
    .strictObject({
      context: text.default("./app"),
      adminUser: z
        .string()
        .regex(/^[\w.@+-]{1,150}$/, "not a user name that Django takes")
        .default("admin"),
      release: z.array(text).default(["python manage.py migrate --noinput", "python manage.py ensureadmin"]),
      workers: z.number().int().min(1).max(64).default(3),
      environment: z
        .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "not a variable name in capitals"), z.string())
        .default({}),
      startSeconds: seconds.default(180),
    })
    .prefault({}),
});

type Raw = z.output<typeof schema>;

/** All settings of a stack, checked, with every default filled in. */
export interface Settings extends Omit<Raw, "edge" | "servers" | "hosts" | "dns"> {
  /** Names under which the site answers; the first is the one that links use. */
  readonly hosts: readonly string[];
  readonly edge: HostAddress & Pick<Raw["edge"], "sshFrom">;
  readonly servers: readonly [HostAddress & Pick<Raw["servers"][0], "platform">];
  /** The token is undefined where the provider finds one itself, in CLOUDFLARE_API_TOKEN. */
  readonly dns: Raw["dns"] & { readonly apiToken: pulumi.Output<string> | undefined };
  readonly tls: Raw["tls"] & { readonly caPem: string | undefined };
}

/** Reads the stack's configuration, and over it `Pulumi.<stack>.local.yaml` if there is one: what belongs to one checkout only. */
export function loadSettings(): Settings {
  return readSettings({ ...stackConfig(), ...localConfig(`Pulumi.${pulumi.getStack()}.local.yaml`) });
}

/** Checks raw values; throws one UserError that names every fault by its path. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
  const result = schema.safeParse(values, { reportInput: true });
  if (!result.success) {
    // One line a path: zod goes on with the rules after a wrong type.
    const faults = result.error.issues
      .filter((issue, index, all) => all.findIndex((one) => one.path.join("/") === issue.path.join("/")) === index)
      .flatMap(describeIssue)
      .sort();
    throw new UserError(
      `the configuration of stack ${pulumi.getStack()} has ${faults.length} fault(s):\n${faults.map((one) => `  ${one}\n`).join("")}`,
    );
  }
  const { edge, servers, hosts, dns, tls, ...rest } = result.data;
  return {
    ...rest,
    hosts: hosts.length > 0 ? hosts : [`www.${rest.domain}`, rest.domain],
    edge: { ...hostAddress("edge", { ...edge, name: "vps" }), sshFrom: edge.sshFrom },
    servers: [{ ...hostAddress("servers/0", servers[0]), platform: servers[0].platform }],
    dns: { ...dns, apiToken: new pulumi.Config("cloudflare").getSecret("apiToken") },
    tls: { ...tls, caPem: tls.caFile === undefined ? undefined : readFileAt("tls/caFile", tls.caFile) },
  };
}

function hostAddress(
  at: string,
  from: {
    name: string;
    address: string;
    port: number;
    user: string;
    hostKey: string;
    privateKeyFile?: string | undefined;
  },
): HostAddress {
  const file = from.privateKeyFile === undefined ? undefined : expandHome(from.privateKeyFile);
  return {
    name: from.name,
    address: from.address,
    port: from.port,
    user: from.user,
    hostKey: from.hostKey,
    privateKeyFile: file,
    privateKey: file === undefined ? undefined : pulumi.secret(readFileAt(`${at}/privateKeyFile`, file)),
  };
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

function stackConfig(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), fromConfigText(value)]),
  );
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

function readFileAt(at: string, file: string): string {
  try {
    return readFileSync(expandHome(file), "utf8");
  } catch (error) {
    throw new UserError(`${at}: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function expandHome(file: string): string {
  return file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : path.resolve(file);
}
