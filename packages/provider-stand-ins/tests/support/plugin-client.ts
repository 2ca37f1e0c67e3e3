import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import path from "node:path";

import type { ServiceError } from "@grpc/grpc-js";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { FakeEngine } from "./fake-engine";

/** Properties as they travel: JSON, with the engine's signed values for secrets and unknowns. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Properties = Record<string, Json>;

/** What an error of a call is recorded as. */
export interface CallError {
  readonly error: { readonly code: number; readonly details: string };
}

/** The answer of a call: what it gave, or its error. */
export type Answer<T> = T | CallError;

/** How long a plugin may take to print its port, in milliseconds; it takes about 300. */
const START_LIMIT = 20_000;

/** The seed for names in `check`: the same in the recordings. */
const SEED = Uint8Array.from(Buffer.alloc(32, 7));

/** Names of the kinds of a property diff, by number. */
const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
const CHANGES = ["unknown", "none", "some"];

/** True for an answer that is an error. */
export function isError(answer: unknown): answer is CallError {
  return typeof answer === "object" && answer !== null && "error" in answer;
}

/** A stand-in started as the engine starts it, and talked to over the same gRPC. */
export class PluginClient {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    /** What the plugin sent to the engine's log. */
    readonly engine: FakeEngine,
  ) {}

  /** Starts the stand-in NAME and configures it with the provider's inputs given. `env` is added to this process's. */
  static async start(name: string, config: Properties = {}, env: NodeJS.ProcessEnv = {}): Promise<PluginClient> {
    const engine = await FakeEngine.listen();
    const launcher = path.resolve(__dirname, "../../launch.sh");
    const child = spawn("sh", [launcher, name, engine.address], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    const client = new ResourceProviderClient(`127.0.0.1:${await portOf(child, name)}`, credentials.createInsecure());
    const plugin = new PluginClient(child, client, engine);
    await plugin.configure(config);
    return plugin;
  }

  /** Ends the plugin as the engine does, and waits until it is gone. */
  async stop(): Promise<void> {
    this.client.close();
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await gone;
    this.engine.close();
  }

  private async configure(config: Properties): Promise<void> {
    const request = new messages.ConfigureRequest().setArgs(toStruct(config));
    request.setAcceptsecrets(true).setAcceptresources(true);
    const answer = await this.call<messages.ConfigureResponse>((done) => this.client.configure(request, done));
    if (isError(answer)) throw new Error(`configure failed: ${answer.error.details}`);
  }

  async check(urn: string, olds: Properties, news: Properties) {
    const request = new messages.CheckRequest().setUrn(urn).setOlds(toStruct(olds)).setNews(toStruct(news));
    request.setRandomseed(SEED);
    const answer = await this.call<messages.CheckResponse>((done) => this.client.check(request, done));
    if (isError(answer)) return answer;
    return { inputs: fromStruct(answer.getInputs()), failures: answer.getFailuresList().map((f) => f.toObject()) };
  }

  async diff(urn: string, id: string, olds: Properties, oldInputs: Properties, news: Properties) {
    const request = new messages.DiffRequest().setUrn(urn).setId(id).setOlds(toStruct(olds));
    request.setOldInputs(toStruct(oldInputs)).setNews(toStruct(news));
    const answer = await this.call<messages.DiffResponse>((done) => this.client.diff(request, done));
    if (isError(answer)) return answer;
    const detailedDiff: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((change, name) => {
      detailedDiff[name] = KINDS[change.getKind()] ?? "?";
    });
    return {
      changes: CHANGES[answer.getChanges()] ?? "?",
      replaces: [...new Set(answer.getReplacesList())].sort(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
      diffs: answer.getDiffsList().sort(),
      detailedDiff,
    };
  }

  async create(urn: string, inputs: Properties, preview = false) {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(toStruct(inputs)).setPreview(preview);
    request.setTimeout(120);
    const answer = await this.call<messages.CreateResponse>((done) => this.client.create(request, done));
    return isError(answer) ? answer : { id: answer.getId(), properties: fromStruct(answer.getProperties()) };
  }

  async read(urn: string, id: string, state: Properties, inputs: Properties) {
    const request = new messages.ReadRequest().setUrn(urn).setId(id).setProperties(toStruct(state));
    request.setInputs(toStruct(inputs));
    const answer = await this.call<messages.ReadResponse>((done) => this.client.read(request, done));
    if (isError(answer)) return answer;
    return {
      id: answer.getId(),
      properties: fromStruct(answer.getProperties()),
      inputs: fromStruct(answer.getInputs()),
    };
  }

  async update(urn: string, id: string, olds: Properties, oldInputs: Properties, news: Properties, preview = false) {
    const request = new messages.UpdateRequest().setUrn(urn).setId(id).setOlds(toStruct(olds)).setPreview(preview);
    request.setOldInputs(toStruct(oldInputs)).setNews(toStruct(news)).setTimeout(120);
    const answer = await this.call<messages.UpdateResponse>((done) => this.client.update(request, done));
    return isError(answer) ? answer : { properties: fromStruct(answer.getProperties()) };
  }

  async delete(urn: string, id: string, state: Properties): Promise<Answer<{ deleted: true }>> {
    const request = new messages.DeleteRequest().setUrn(urn).setId(id).setProperties(toStruct(state)).setTimeout(60);
    const answer = await this.call<Empty>((done) => this.client.delete(request, done));
    return isError(answer) ? answer : { deleted: true };
  }

  async invoke(token: string, args: Properties) {
    const request = new messages.InvokeRequest().setTok(token).setArgs(toStruct(args));
    const answer = await this.call<messages.InvokeResponse>((done) => this.client.invoke(request, done));
    if (isError(answer)) return answer;
    return { return: fromStruct(answer.getReturn()), failures: answer.getFailuresList().map((f) => f.toObject()) };
  }

  private call<T>(send: (done: (error: ServiceError | null, answer: T) => void) => unknown): Promise<Answer<T>> {
    return new Promise((resolve) => {
      send((error, answer) => {
        resolve(error === null ? answer : { error: { code: error.code, details: error.details } });
      });
    });
  }
}

function portOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`The ${name} plugin printed no port within ${START_LIMIT} ms; it printed: ${out}`));
    }, START_LIMIT);
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const port = /^(\d+)\n/.exec(out)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`The ${name} plugin exited with ${code ?? "a signal"} before it printed its port`));
    });
  });
}

function toStruct(values: Properties): Struct {
  return Struct.fromJavaScript(values);
}

function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}
