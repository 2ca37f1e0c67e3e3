import { Document, isMap, isScalar, isSeq, parseDocument, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { z } from "zod";

import { messageOf, UserError } from "../lib/errors";
import { fingerprint } from "./host-key";

/** A machine as it was answered. */
export interface MachineAnswers {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  /** Undefined: the ssh agent has it. */
  readonly privateKeyFile?: string | undefined;
}

/** What a first deploy has to know. */
export interface Answers {
  readonly domain: string;
  readonly edge: MachineAnswers;
  readonly server: MachineAnswers & { readonly name: string; readonly platform: string };
  readonly tls: { readonly directory: string; readonly email: string };
  /** Undefined: the records are entered by hand. */
  readonly zoneId: string | undefined;
}

/** Logins that the settings take without being named. */
export const USERS = { edge: "root", server: "pi" };

const machineSchema = z.object({
  address: z.string().optional(),
  port: z.number().optional(),
  user: z.string().optional(),
  hostKey: z.string().optional(),
  privateKeyFile: z.string().optional(),
  name: z.string().optional(),
  platform: z.string().optional(),
});

const knownSchema = z.object({
  domain: z.string().optional(),
  edge: machineSchema.optional(),
  servers: z.array(machineSchema).optional(),
  tls: z.object({ directory: z.string().optional(), email: z.string().optional() }).optional(),
  dns: z
    .object({ provider: z.string().optional(), zoneId: z.string().optional(), apiUrl: z.string().optional() })
    .optional(),
});

/** What a stack's file answers already; nothing of a file that is not there yet. */
export function answersIn(text: string, file: string, project: string): z.output<typeof knownSchema> {
  const all: unknown = documentOf(text, file).toJS();
  const { config = {} } = z
    .object({ config: z.record(z.string(), z.unknown()).optional() })
    .catch({})
    .parse(all ?? {});
  const own = Object.entries(config).map(([key, value]) => [key.replace(`${project}:`, ""), value] as const);
  return knownSchema.catch({}).parse(Object.fromEntries(own));
}

/** A stack's file with the answers in it, a word on each line. Everything else in it stays, comments too. */
export function withAnswers(
  text: string,
  file: string,
  { domain, edge, server, tls, zoneId }: Answers,
  project: string,
): string {
  const document = documentOf(text, file);
  if (!document.has("config")) document.commentBefore = [HEAD, document.commentBefore ?? ""].join("\n").trimEnd();
  const config = mapAt(document, ["config"], file);
  const at = (name: string): string[] => ["config", `${project}:${name}`];
  set(document, config, `${project}:domain`, domain, `www.${domain} serves the site, ${domain} redirects to it`);
  machine(document, mapAt(document, at("edge"), file), edge, USERS.edge);
  const own = serverIn(document, at("servers"), server.name, file);
  set(document, own, "name", server.name);
  machine(document, own, server, USERS.server);
  set(document, own, "platform", server.platform, "as the machine itself says");
  const certificates = mapAt(document, at("tls"), file);
  set(
    document,
    certificates,
    "directory",
    tls.directory,
    tls.directory === "staging" ? "certificates for trying; 'production', once the site answers" : undefined,
  );
  set(document, certificates, "email", tls.email, "Let's Encrypt writes to it when something is wrong");
  const dns = mapAt(document, at("dns"), file);
  if (zoneId === undefined) {
    set(document, dns, "provider", "none", "enter the records yourself: 'pulumi stack output' lists them");
    dns.delete("zoneId");
  } else {
    set(document, dns, "provider", "cloudflare");
    set(document, dns, "zoneId", zoneId, "the domain's zone at Cloudflare");
  }
  return document.toString({ lineWidth: 0 });
}

const HEAD = ` The settings of your site, written by 'npm run init': run it again to change an answer, or edit them here. docs/settings.md has every setting.`;

function machine(
  document: Document,
  map: YAMLMap,
  { address, port, user, hostKey, privateKeyFile }: MachineAnswers,
  usual: string,
): void {
  set(document, map, "address", address);
  if (port !== 22 || map.has("port")) set(document, map, "port", port, "of ssh");
  if (user !== usual || map.has("user")) set(document, map, "user", user, "the login");
  set(document, map, "hostKey", hostKey, fingerprint(hostKey.split(" ")[1] ?? ""));
  if (privateKeyFile !== undefined)
    set(document, map, "privateKeyFile", privateKeyFile, "your key; without this line the ssh agent's");
  else map.delete("privateKeyFile");
}

/** Sets a value and its comment. A line that says the same already keeps its own. */
function set(document: Document, map: YAMLMap, name: string, value: string | number, comment?: string): void {
  const old = map.get(name, true);
  if (isScalar(old) && old.value === value) return;
  const scalar = document.createNode(value) as Scalar;
  if (comment !== undefined) scalar.comment = ` ${comment}`;
  map.set(name, scalar);
}

function serverIn(document: Document, at: readonly string[], name: string, file: string): YAMLMap {
  const list = document.getIn(at, true);
  if (isSeq(list)) {
    const maps = list.items.filter(isMap);
    const found = maps.find((one) => one.get("name") === name) ?? maps.at(0);
    if (found !== undefined) return found;
  }
  const only = new YAMLMap(document.schema);
  const fresh = new YAMLSeq(document.schema);
  fresh.add(only);
  // Only a list without servers, or none at all, is replaced.
  if (list !== undefined && !isSeq(list))
    throw new UserError(`${file}: ${at.join("/")} is no list of servers: correct it first`);
  document.setIn(at, fresh);
  return only;
}

function mapAt(document: Document, at: readonly string[], file: string): YAMLMap {
  const found = document.getIn(at, true);
  if (isMap(found)) {
    found.flow = false;
    return found;
  }
  if (found !== undefined && !(isScalar(found) && found.value === null))
    throw new UserError(`${file}: ${at.join("/")} is no group of settings: correct it first`);
  const map = new YAMLMap(document.schema);
  document.setIn(at, map);
  return map;
}

function documentOf(text: string, file: string): Document {
  const document = parseDocument(text);
  const fault = document.errors.at(0);
  if (fault !== undefined) throw new UserError(`${file}: ${messageOf(fault)}: correct it first`);
  return document;
}
