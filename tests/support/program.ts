import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { MockCallArgs } from "@pulumi/pulumi/runtime/mocks";

import homeport from "../../index";
import { writeFiles } from "./directory";
import { CLI_CALLS, Probes, ProviderMocks } from "./mocks";
import { recordRegistrations, Registered } from "./monitor";
import { FULL } from "./settings";
import { privateKeyText } from "./private-keys";
import { answerAsZone, Zone, ZoneRequest } from "./zone-answers";

/** The operator's key; it must stand in no visible input either. */
export const OPERATOR_KEY = privateKeyText();

const FILES = { id_ed25519: OPERATOR_KEY, "app/Dockerfile": "FROM scratch\n", "app/page.html": "hello\n" };

/** The workstation's engine, which can build for every processor as far as its own is concerned. */
const PLAYED_ENGINE = "#!/bin/sh\necho desktop-linux linux/amd64\n";

/** The token for Cloudflare, as the environment has it. */
export const CLOUDFLARE_TOKEN = "TOKEN-OF-CLOUDFLARE-01234567890123456789";

/** Names of the machines of the program's run, as the probe addresses them. */
export const LOGIN = { edge: "admin@198.51.100.10", server: "pi@192.168.77.10" } as const;

/** What a run of the program is given. */
export interface RunOptions {
  /** Over the full configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the operator's directory, over the default ones. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default: bare hosts. */
  readonly probes?: Probes;
  /** Outputs of the stack of `host.stack`. Default: there is no such stack. */
  readonly otherStack?: Readonly<Record<string, unknown>>;
  /** Outputs of the stack itself, as its last `up` left them. Default: there was none. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Default: no records of anybody. */
  readonly zone?: Zone;
  /** The resources in the stack's state, as the CLI exports it; null: it cannot. Default: none. */
  readonly state?: readonly object[] | null;
  /** How many reads of outputs find the state half written. Default: none. */
  readonly halfWritten?: number;
  /** What commands on servers answer, by their names. Default: an image that exposes nothing, and no adapter. */
  readonly answers?: Readonly<Record<string, string>>;
  /** A token for Cloudflare in the configuration; default: only the environment's. */
  readonly token?: string;
  /** True: a first preview, at which no generated value is known. Default false. */
  readonly preview?: boolean;
}

/** What a run of the program asked for and answered. */
export interface Run {
  readonly resources: readonly Registered[];
  readonly calls: readonly MockCallArgs[];
  /** Requests to Cloudflare's API, in order. */
  readonly zoneRequests: readonly ZoneRequest[];
  readonly outputs: Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;
  readonly warnings: readonly string[];
  /** Reads of states (`outputs of STACK`, `export`) and names of registered resources. */
  readonly order: readonly string[];
  /** Arguments of each call of the Pulumi CLI. */
  readonly cliCalls: readonly string[];
  /** The one resource of this name. */
  readonly resource: (name: string, type: string) => Registered;
}

/** Runs index.ts in a directory of its own, with an application of two files, and waits until every resource is registered. */
export async function runProgram(options: RunOptions = {}): Promise<Run> {
  const before = process.cwd();
  const searchPath = process.env["PATH"] ?? "";
  const directory = mkdtempSync(path.join(tmpdir(), "homeport-test-"));
  const api = answerAsZone(options.zone ?? {});
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { stackTraceLimit } = Error;
  try {
    // The SDK keeps a stack for every promise of every resource; jest maps each to its sources, which is two thirds of a run's time.
    Error.stackTraceLimit = 0;
    process.chdir(directory);
    process.env["CLOUDFLARE_API_TOKEN"] = CLOUDFLARE_TOKEN;
    writeFiles(directory, { ...FILES, ...options.files });
    chmodSync(path.join(directory, "id_ed25519"), 0o600);
    writeFiles(directory, { "bin/pulumi": playedCli(options.state), "bin/docker": PLAYED_ENGINE }, 0o755);
    process.env["PATH"] = `${directory}/bin:${searchPath}`;
    const { probes = {}, otherStack, before: outputsBefore, halfWritten } = options;
    const mocks = new ProviderMocks(
      probes,
      options.preview !== true,
      written(otherStack),
      written(outputsBefore),
      halfWritten,
      options.answers,
    );
    await pulumi.runtime.setMocks(mocks, "homeport", "dev", options.preview === true, "organization");
    const resources = recordRegistrations();
    configure({ ...withKeys(), ...options.settings }, options.token);
    const answer = await homeport();
    const outputs = options.preview === true ? {} : await resolve(answer);
    await pulumi.runtime.disconnect();
    const warnings = warn.mock.calls.map(([text]) => String(text));
    const cliCalls = existsSync(CLI_CALLS) ? readFileSync(CLI_CALLS, "utf8").trim().split("\n") : [];
    return {
      resources,
      calls: mocks.calls,
      zoneRequests: api.requests,
      outputs,
      warnings,
      order: mocks.order,
      cliCalls,
      resource: only(resources),
    };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    warn.mockRestore();
    api.restore();
    process.env["PATH"] = searchPath;
    process.chdir(before);
    rmSync(directory, { recursive: true });
  }
}

/** A Pulumi CLI that knows one state, or none. */
function playedCli(resources: RunOptions["state"] = []): string {
  const answer =
    resources === null
      ? "echo 'error: no state' >&2; exit 255"
      : `cat <<'STATE'\n${JSON.stringify({ version: 3, deployment: { resources } })}\nSTATE`;
  return `#!/bin/sh\necho "$*" >>${CLI_CALLS}\n${answer}\n`;
}

function withKeys(): Record<string, unknown> {
  const privateKeyFile = "id_ed25519";
  return { ...FULL, edge: { ...FULL.edge, privateKeyFile }, servers: [{ ...FULL.servers[0], privateKeyFile }] };
}

function configure(values: Readonly<Record<string, unknown>>, token: string | undefined): void {
  const own = Object.entries(values).map(([key, value]) => [
    `homeport:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const all = token === undefined ? own : [...own, ["cloudflare:apiToken", token]];
  pulumi.runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>);
}

/** Outputs as a state keeps them: that of the machines is a text. */
function written(outputs: Readonly<Record<string, unknown>> | undefined): typeof outputs {
  return outputs !== undefined && "host" in outputs
    ? { ...outputs, host: `machines ${JSON.stringify(outputs["host"])}` }
    : outputs;
}

async function resolve(outputs: object): Promise<Run["outputs"]> {
  const entries = Object.entries(outputs).map(async ([key, value]: [string, pulumi.Input<string | object>]) => {
    const output = pulumi.output(value);
    const resolved = await new Promise<unknown>((done) => {
      output.apply(done);
    });
    return [
      key,
      {
        value: key === "host" ? (JSON.parse(String(resolved).replace(/^machines /, "")) as unknown) : resolved,
        secret: await pulumi.isSecret(output),
      },
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function only(resources: readonly Registered[]): Run["resource"] {
  return (name, type) => {
    const [found, ...more] = resources.filter((one) => one.name === name && one.type === type);
    if (found === undefined || more.length > 0)
      throw new Error(
        `${more.length + (found ? 1 : 0)} resources ${type} '${name}', expected one of: ${resources.map((one) => one.name).join(", ")}`,
      );
    return found;
  };
}
