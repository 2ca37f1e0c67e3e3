import { createHash } from "node:crypto";

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

/** What a host answers to the probe, by its login `user@address`. */
export type Probes = Readonly<Record<string, string>>;

/** A host that was never told anything. */
export const BARE = "reached\nmachine 0123abcd at 1700000000\n";

/** The providers as the program sees them: they make up what the real ones would answer, and take nothing that the program does not use. */
export class ProviderMocks implements Mocks {
  /** Calls of functions, in order. */
  public readonly calls: MockCallArgs[] = [];

  public constructor(
    private readonly probes: Probes,
    /** False: generated values are not known yet, as at a first preview. */
    private readonly known: boolean,
    /** The outputs of any other stack. */
    private readonly otherStack: Readonly<Record<string, unknown>> = {},
    /** What the stack's own state knows of records, as `scripts/known-records.mjs` writes it; null: it cannot be read. */
    private readonly knownRecords: string | null = "",
    /** The outputs that the stack itself has from before. */
    private readonly before: Readonly<Record<string, unknown>> = {},
  ) {}

  public newResource(args: MockResourceArgs): MockResourceResult {
    const inputs = plain(args.inputs) as Record<string, unknown>;
    const state = args.custom === true ? { ...inputs, ...(this.known ? this.stateOf(args.type, args.name) : {}) } : {};
    return { id: this.known ? `${args.name}-id` : undefined, state };
  }

  public call(args: MockCallArgs): MockCallResult {
    this.calls.push(args);
    if (args.token === "pulumi:pulumi:readStackOutputs") return { ...(args.inputs as object), outputs: this.before };
    if (args.token !== "command:local:run") throw new Error(`unexpected call of ${args.token}`);
    const { environment } = args.inputs as { environment: { TARGET: string; STACK?: string } };
    if (environment.STACK !== undefined) return this.stateOfRecords(args);
    return { ...(args.inputs as object), stdout: this.probes[environment.TARGET] ?? BARE, stderr: "" };
  }

  private stateOfRecords({ inputs }: MockCallArgs): MockCallResult {
    if (this.knownRecords === null) throw Object.assign(new Error("no state"), { details: "exit status 1: no state" });
    return { ...(inputs as object), stdout: this.knownRecords, stderr: "" };
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
        return { stdout: "", stderr: "" };
      case "pulumi:pulumi:StackReference":
        return { outputs: this.otherStack };
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
