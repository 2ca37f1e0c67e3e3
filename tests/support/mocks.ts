import { createHash } from "node:crypto";
import { existsSync } from "node:fs";

import {
  MockCallArgs,
  MockCallResult,
  MockResourceArgs,
  MockResourceResult,
  Mocks,
} from "@pulumi/pulumi/runtime/mocks";

/** Generated values of one resource, so recognisable that they can be looked for anywhere. */
export function generated(name: string): {
  readonly password: string;
  readonly tunnelKey: string;
  readonly pem: string;
} {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 12);
  const password = `PASSWORD-OF-${name}-${digest}`;
  return {
    password,
    // What the program makes of a password where it needs the bytes of a key.
    tunnelKey: createHash("sha256").update(password).digest("base64"),
    pem: `-----BEGIN EC PRIVATE KEY-----\nKEY-OF-${name}-${digest}\n-----END EC PRIVATE KEY-----\n`,
  };
}

/** What a server says of an image of no particular kind. */
export const IMAGE_FACTS = JSON.stringify({
  user: "10001:10001",
  entrypoint: null,
  command: ["serve"],
  ports: null,
  volumes: null,
});

/** What a host answers to the probe, by its login `user@address`. */
export type Probes = Readonly<Record<string, string>>;

/** A host without a desired state. */
export const BARE = "reached\nmachine 0123abcd at 1700000000\n";

/** The full name of the stack that the program runs as. */
export const OWN_STACK = "organization/homeport/dev";

/** In the program's directory: a line with the arguments of each call of the Pulumi CLI. */
export const CLI_CALLS = "pulumi-calls";

// `details` is what the engine sends.
function engineError(details: string): Error {
  return Object.assign(new Error(details), { details });
}

/** The providers as the program sees them: they make up what the real ones would answer, and take nothing that the program does not use. */
export class ProviderMocks implements Mocks {
  /** Calls of functions, in order. */
  public readonly calls: MockCallArgs[] = [];
  /** What was read of states, and names of the resources that were registered, in order. */
  public readonly order: string[] = [];

  public constructor(
    private readonly probes: Probes,
    /** False: generated values are not known yet, as at a first preview. */
    private readonly known: boolean,
    /** The outputs of the one other stack; undefined: there is none. */
    private readonly otherStack?: Readonly<Record<string, unknown>>,
    /** The outputs that the stack itself has from before. */
    private readonly before: Readonly<Record<string, unknown>> = {},
    /** How many reads of outputs find the state half written. */
    private halfWritten = 0,
    /** What commands on servers answer, by their names. */
    private readonly answers: Readonly<Record<string, string>> = {},
  ) {}

  public newResource(args: MockResourceArgs): MockResourceResult {
    if (existsSync(CLI_CALLS) && !this.order.includes("export")) this.order.push("export");
    this.order.push(args.name);
    const inputs = plain(args.inputs) as Record<string, unknown>;
    const state = args.custom === true ? { ...inputs, ...(this.known ? this.stateOf(args.type, args.name) : {}) } : {};
    return { id: this.known ? `${args.name}-id` : undefined, state };
  }

  public call(args: MockCallArgs): MockCallResult {
    this.calls.push(args);
    if (args.token === "pulumi:pulumi:readStackOutputs") return this.outputsOf(args.inputs as { name: string });
    if (args.token !== "command:local:run") throw new Error(`unexpected call of ${args.token}`);
    const { environment } = args.inputs as { environment: { TARGET: string } };
    return { ...(args.inputs as object), stdout: this.probes[environment.TARGET] ?? BARE, stderr: "" };
  }

  private outputsOf(inputs: { readonly name: string }): MockCallResult {
    this.order.push(`outputs of ${inputs.name}`);
    this.halfWritten -= 1;
    if (this.halfWritten >= 0) throw engineError("failed to load checkpoint: EOF");
    const outputs = inputs.name === OWN_STACK ? this.before : this.otherStack;
    if (outputs === undefined) throw engineError(`unknown stack "${inputs.name}"`);
    return { ...inputs, outputs };
  }

  private stateOf(type: string, name: string): Record<string, unknown> {
    switch (type) {
      case "random:index/randomPassword:RandomPassword":
        return { result: generated(name).password, bcryptHash: "hash" };
      case "tls:index/privateKey:PrivateKey":
        return { privateKeyPem: generated(name).pem, publicKeyPem: "public" };
      case "tls:index/certRequest:CertRequest":
        return {
          certRequestPem: "-----BEGIN CERTIFICATE REQUEST-----\nbWFkZSB1cA==\n-----END CERTIFICATE REQUEST-----\n",
        };
      case "tls:index/selfSignedCert:SelfSignedCert":
      case "tls:index/locallySignedCert:LocallySignedCert":
        return { certPem: "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----\n" };
      case "docker:index/network:Network":
        return { name: `${name}-1a2b3c4`, ipamConfigs: [{ subnet: "172.18.0.0/16", gateway: "172.18.0.1" }] };
      case "docker:index/volume:Volume":
        return {};
      case "docker:index/container:Container":
        return { name: `${name}-1a2b3c4` };
      case "docker:index/image:Image":
        return { repoDigest: "" };
      case "command:remote:Command":
      case "command:local:Command":
        return { stdout: this.answers[name] ?? (name.endsWith("-facts") ? IMAGE_FACTS : ""), stderr: "" };
      case "random:index/randomId:RandomId":
      case "cloudflare:index/dnsRecord:DnsRecord":
      case "pulumi:providers:docker":
      case "pulumi:providers:cloudflare":
        return {};
      default:
        throw new Error(`unexpected resource of type ${type}`);
    }
  }
}

/** Key and value with which the engine marks a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** True for a value that the engine keeps encrypted. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[SIGNATURE] === SECRET;
}

/** A value without the marks of secrets. */
export function plain(value: unknown): unknown {
  if (isSecret(value)) return plain((value as { value: unknown }).value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** A value in which everything secret is gone: what a preview, a log or a plain state may show. */
export function visible(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, visible(one)]));
}
