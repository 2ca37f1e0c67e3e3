import { constants } from "node:os";

import type { Client } from "ssh2";

import type { Context } from "../support/resource";
import type { PropertyMap } from "../support/values";
import { asText, isMap } from "../support/values";
import { dial, isConnection } from "./dial";
import type { Struct } from "./fields";
import type { Output } from "./inputs";
import { CommandResource } from "./inputs";
import { goQuote, OutputCollector, PREVIOUS_STDERR, PREVIOUS_STDOUT } from "./output";

const CONNECTION: Struct = {
  name: "remote.Connection",
  fields: {
    user: { kind: "string", default: "root" },
    password: { kind: "string", secret: true },
    host: { kind: "string", required: true },
    port: { kind: "number", default: 22 },
    privateKey: { kind: "string", secret: true },
    privateKeyPassword: { kind: "string", secret: true },
    agentSocketPath: { kind: "string" },
    dialErrorLimit: { kind: "number", default: 10 },
    perDialTimeout: { kind: "number", default: 15 },
    hostKey: { kind: "string" },
  },
};

const COMMAND_INPUTS: Struct = {
  name: "remote.CommandInputs",
  fields: {
    triggers: { kind: "list" },
    create: { kind: "string" },
    update: { kind: "string" },
    delete: { kind: "string" },
    stdin: { kind: "string" },
    logging: { kind: "string" },
    connection: { kind: CONNECTION, required: true, secret: true },
    environment: { kind: "map" },
    addPreviousOutputInEnv: { kind: "bool" },
  },
};

/** `remote.Command`: a command on a host, over ssh. `connection.proxy` is not stood in for. */
export const remoteCommand = new CommandResource(COMMAND_INPUTS, runRemotely);

async function runRemotely(command: string, inputs: PropertyMap, before: Output, context: Context): Promise<Output> {
  const connection = inputs.connection;
  if (!isConnection(connection)) throw new Error("invalid inputs: connection has no host");
  const client = await dial(connection, context);
  try {
    const env = await acceptedEnvironment(client, inputs, before, context);
    const output = new OutputCollector(inputs.logging, context);
    const ending = await runToEnd(client, command, env, asText(inputs.stdin), output);
    if (ending !== undefined) throw output.fail(ending, command);
    return output.finish();
  } finally {
    client.end();
  }
}

/** The variables to send along: a refused one of the program is an error, a refused one of the last run is left out. */
async function acceptedEnvironment(
  client: Client,
  inputs: PropertyMap,
  before: Output,
  context: Context,
): Promise<Record<string, string>> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(isMap(inputs.environment) ? inputs.environment : {})) {
    if (!(await accepts(client, name, asText(value)))) {
      context.log("error", refusal(name));
      throw new Error(`could not set environment variable ${goQuote(name)}: ssh: setenv failed`);
    }
    accepted[name] = asText(value);
  }
  if (inputs.addPreviousOutputInEnv === false) return accepted;
  for (const [name, value] of Object.entries({ [PREVIOUS_STDOUT]: before.stdout, [PREVIOUS_STDERR]: before.stderr })) {
    if (value === "") continue;
    if (await accepts(client, name, value)) accepted[name] = value;
    else context.log("warning", refusal(name));
  }
  return accepted;
}

/** ssh2 asks for no answer when it sends a variable, so one command looks whether it arrived. */
async function accepts(client: Client, name: string, value: string): Promise<boolean> {
  const silent = new OutputCollector("none", { log: () => undefined, signal: new AbortController().signal });
  return (await runToEnd(client, `printenv ${name}`, { [name]: value }, "", silent)) === undefined;
}

function refusal(name: string): string {
  return (
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'"
  );
}

/** Runs the command and waits for its end; answers how it failed, or nothing where it succeeded. */
function runToEnd(
  client: Client,
  command: string,
  env: Record<string, string>,
  stdin: string,
  output: OutputCollector,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      let ending: string | undefined = NO_EXIT;
      channel.on("exit", (code: number | null, signal?: string) => {
        ending = code === 0 ? undefined : exitText(code, signal);
      });
      channel.on("data", (chunk: Buffer) => {
        output.onStdout(chunk);
      });
      channel.stderr.on("data", (chunk: Buffer) => {
        output.onStderr(chunk);
      });
      // A command that ends without reading its input is no fault of its own.
      channel.on("error", () => undefined);
      channel.on("close", () => {
        resolve(ending);
      });
      channel.end(stdin);
    });
  });
}

/** What Go's ssh library says when the connection broke before the command ended. */
const NO_EXIT = "wait: remote command exited without exit status or exit signal";

function exitText(code: number | null, signal: string | undefined): string {
  if (code !== null) return `Process exited with status ${code}`;
  const name = signal?.replace(/^SIG/, "") ?? "";
  const number = (constants.signals as Partial<Record<string, number>>)[`SIG${name}`] ?? 0;
  return `Process exited with status ${128 + number} from signal ${name}`;
}
