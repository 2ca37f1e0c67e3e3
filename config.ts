import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";

import { UserError } from "./components/errors";
import { HostAddress } from "./components/host/connection";
import { schema } from "./config-schema";

type Raw = z.output<typeof schema>;

/** All settings of a stack, checked, with every default filled in. */
export interface Settings extends Omit<Raw, "edge" | "servers" | "hosts" | "dns"> {
  /** Names under which the site answers; the first is the one that links use. */
  readonly hosts: readonly string[];
  readonly edge: HostAddress & Pick<Raw["edge"], "sshFrom">;
  readonly servers: readonly [HostAddress & Pick<Raw["servers"][0], "platform" | "open" | "sshOverTunnel">];
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
    servers: [
      {
        ...hostAddress("servers/0", servers[0]),
        platform: servers[0].platform,
        open: servers[0].open,
        sshOverTunnel: servers[0].sshOverTunnel,
      },
    ],
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
