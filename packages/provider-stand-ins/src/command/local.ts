import { spawn } from "node:child_process";
import { constants } from "node:os";

import type { Context, InvokeRequest, InvokeResult } from "../support/resource";
import type { PropertyMap } from "../support/values";
import { asText, isMap, plainMap } from "../support/values";
import type { Struct } from "./fields";
import { checkFields } from "./fields";
import type { Output } from "./inputs";
import { CommandResource } from "./inputs";
import { OutputCollector, PREVIOUS_STDERR, PREVIOUS_STDOUT } from "./output";

/** What the resource and the function have in common. `assetPaths` and `archivePaths` are not stood in for. */
const BASE_FIELDS = {
  stdin: { kind: "string" },
  logging: { kind: "string" },
  interpreter: { kind: "list" },
  dir: { kind: "string" },
  environment: { kind: "map" },
  addPreviousOutputInEnv: { kind: "bool" },
} as const;

const COMMAND_INPUTS: Struct = {
  name: "local.CommandInputs",
  fields: {
    triggers: { kind: "list" },
    create: { kind: "string" },
    update: { kind: "string" },
    delete: { kind: "string" },
    ...BASE_FIELDS,
  },
};

const RUN_INPUTS: Struct = {
  name: "local.RunInputs",
  fields: { ...BASE_FIELDS, command: { kind: "string", required: true } },
};

/** `local.Command`: a command on the machine that runs Pulumi. */
export const localCommand = new CommandResource(COMMAND_INPUTS, runLocally);

/** `local.run`: a command at every preview and every up. */
export async function localRun({ args }: InvokeRequest, context: Context): Promise<InvokeResult> {
  const failures = checkFields(RUN_INPUTS, args);
  if (failures.length > 0) return { result: {}, failures };
  const plain = plainMap(args);
  const output = await runLocally(asText(plain.command), plain, { stdout: "", stderr: "" }, context);
  return { result: { ...args, ...output } };
}

function runLocally(command: string, inputs: PropertyMap, before: Output, context: Context): Promise<Output> {
  const interpreter = Array.isArray(inputs.interpreter) ? inputs.interpreter.map((word) => asText(word)) : [];
  const [program = "/bin/sh", ...options] = interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"];
  const stdin = asText(inputs.stdin);
  const output = new OutputCollector(inputs.logging, context);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...options, command], {
      cwd: typeof inputs.dir === "string" ? inputs.dir : undefined,
      env: environment(inputs, before),
      stdio: [stdin === "" ? "ignore" : "pipe", "pipe", "pipe"],
      signal: context.signal,
      killSignal: "SIGKILL",
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      output.onStdout(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      output.onStderr(chunk);
    });
    // A command that ends without reading its input is no fault of its own.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
    child.on("error", (error) => {
      if (!context.signal.aborted) reject(output.fail(`fork/exec ${program}: ${error.message}`, command));
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output.finish());
      else reject(output.fail(ending(code, signal), command));
    });
  });
}

function environment(inputs: PropertyMap, before: Output): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(isMap(inputs.environment) ? inputs.environment : {})) {
    env[name] = asText(value);
  }
  if (inputs.addPreviousOutputInEnv !== false) {
    if (before.stdout !== "") env[PREVIOUS_STDOUT] = before.stdout;
    if (before.stderr !== "") env[PREVIOUS_STDERR] = before.stderr;
  }
  return env;
}

/** How Go's os/exec names some signals; others it names by number. */
const SIGNAL_NAMES: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

function ending(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `exit status ${code ?? 0}`;
  return `signal: ${SIGNAL_NAMES[signal] ?? `signal ${constants.signals[signal]}`}`;
}
