import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Metadata, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { EngineLog } from "./engine-log";
import { NotReady } from "./not-ready";
import type { Context, DiffRequest, Invoke, Plugin, Resource, Subject } from "./resource";
import type { PropertyMap } from "./values";
import { plainMap, sameValue } from "./values";
import { checkToMessage, decodeConfig, diffToMessage, failuresToMessages, fromStruct, toStruct } from "./wire";

/** Answers one request; what it throws becomes the error. */
type Handler<Q, A> = (request: Q) => A | Promise<A>;

/** An error of the call itself, with a gRPC code of its own. */
class StatusError extends Error {
  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
  }
}

/** Name and type of a resource are in its URN: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function subject(urn: string): Subject {
  const parts = urn.split("::");
  return { urn, name: parts.slice(3).join("::"), type: (parts[2] ?? "").split("$").at(-1) ?? "" };
}

/** Serves one plugin to the engine: the methods of pulumirpc.ResourceProvider, each handed to the resource it is about. */
export class PluginServer {
  private readonly cancelled = new AbortController();

  constructor(
    private readonly plugin: Plugin,
    private readonly log: EngineLog,
  ) {}

  /** The service for `grpc.Server.addService`. Methods that are not here are answered "unimplemented" by gRPC itself. */
  service(): UntypedServiceImplementation {
    return {
      getPluginInfo: this.unary(() => this.pluginInfo()),
      getSchema: this.unary(() => new messages.GetSchemaResponse().setSchema("{}")),
      attach: this.unary((request: PluginAttach) => this.attach(request)),
      cancel: this.unary(() => this.cancel()),
      checkConfig: this.unary((request: messages.CheckRequest) => this.checkConfig(request)),
      diffConfig: this.unary((request: messages.DiffRequest) => this.diffConfig(request)),
      configure: this.unary((request: messages.ConfigureRequest) => this.configure(request)),
      invoke: this.unary((request: messages.InvokeRequest) => this.invoke(request)),
      check: this.unary((request: messages.CheckRequest) => this.check(request)),
      diff: this.unary((request: messages.DiffRequest) => this.diff(request)),
      create: this.unary((request: messages.CreateRequest) => this.create(request)),
      read: this.unary((request: messages.ReadRequest) => this.read(request)),
      update: this.unary((request: messages.UpdateRequest) => this.update(request)),
      delete: this.unary((request: messages.DeleteRequest) => this.delete(request)),
    };
  }

  /** Wraps a handler as a gRPC method; lines to the engine's log arrive before the answer they belong to. */
  private unary<Q, A>(handler: Handler<Q, A>): (call: ServerUnaryCall<Q, A>, done: sendUnaryData<A>) => void {
    return (call, done) => {
      Promise.resolve()
        .then(() => handler(call.request))
        // oxlint-disable-next-line typescript/no-misused-promises -- `finally` awaits it
        .finally(() => this.log.flush())
        .then(
          (answer) => {
            done(null, answer);
          },
          (error: unknown) => {
            const code = error instanceof StatusError ? error.code : status.UNKNOWN;
            const details = error instanceof Error ? error.message : String(error);
            done({ code, details, metadata: error instanceof NotReady ? error.metadata() : new Metadata() });
          },
        );
    };
  }

  private pluginInfo(): PluginInfo {
    const info = new PluginInfo();
    info.setVersion(this.plugin.version);
    return info;
  }

  private attach(request: PluginAttach): Empty {
    this.log.connect(request.getAddress());
    return new Empty();
  }

  private cancel(): Empty {
    this.cancelled.abort();
    return new Empty();
  }

  private context(urn: string): Context {
    return {
      log: (severity, message, ephemeral) => {
        this.log.send(urn, severity, message, ephemeral ?? false);
      },
      signal: this.cancelled.signal,
    };
  }

  private resource({ type }: Subject): Resource {
    const resource = this.plugin.resources[type];
    if (resource !== undefined) return resource;
    const known = Object.keys(this.plugin.resources).join(", ");
    throw new StatusError(
      status.UNIMPLEMENTED,
      `The lab's stand-in for the ${this.plugin.name} plugin has no resource ${type}. It has: ${known}. ` +
        `Add it under packages/provider-stand-ins/src/${this.plugin.name}, or use the real plugin ${this.plugin.version}.`,
    );
  }

  private function(token: string): Invoke {
    const invoke = this.plugin.invokes?.[token];
    if (invoke !== undefined) return invoke;
    const known = Object.keys(this.plugin.invokes ?? {}).join(", ");
    throw new StatusError(
      status.UNIMPLEMENTED,
      `The lab's stand-in for the ${this.plugin.name} plugin has no function ${token}. It has: ${known === "" ? "none" : known}. ` +
        `Add it under packages/provider-stand-ins/src/${this.plugin.name}, or use the real plugin ${this.plugin.version}.`,
    );
  }

  /** The properties of a message; without their secret markings where the plugin does not accept those. */
  private properties(struct: Struct | undefined): PropertyMap {
    const properties = fromStruct(struct);
    return (this.plugin.acceptSecrets ?? true) ? properties : plainMap(properties);
  }

  private checkRequest(request: messages.CheckRequest) {
    return {
      ...subject(request.getUrn()),
      olds: this.properties(request.getOlds()),
      news: this.properties(request.getNews()),
      randomSeed: Buffer.from(request.getRandomseed_asU8()),
    };
  }

  private diffRequest(request: messages.DiffRequest): DiffRequest {
    return {
      ...subject(request.getUrn()),
      id: request.getId(),
      olds: this.properties(request.getOlds()),
      oldInputs: this.properties(request.getOldInputs()),
      news: this.properties(request.getNews()),
      ignoreChanges: request.getIgnorechangesList(),
    };
  }

  private async checkConfig(message: messages.CheckRequest): Promise<messages.CheckResponse> {
    const request = this.checkRequest(message);
    const result = (await this.plugin.checkConfig?.(request, this.context(request.urn))) ?? { inputs: request.news };
    return checkToMessage(result);
  }

  private async diffConfig(message: messages.DiffRequest): Promise<messages.DiffResponse> {
    const request = this.diffRequest(message);
    const result = await this.plugin.diffConfig?.(request, this.context(request.urn));
    const unchanged = sameValue({ ...request.oldInputs, version: null }, { ...request.news, version: null });
    return diffToMessage(result ?? { changes: unchanged ? "none" : "some" });
  }

  private async configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    await this.plugin.configure?.(
      decodeConfig(plainMap(fromStruct(request.getArgs()))),
      this.context(request.getUrn() ?? ""),
    );
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(this.plugin.acceptSecrets ?? true);
    response.setSupportspreview(true);
    return response;
  }

  private async invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const token = request.getTok();
    const { result, failures } = await this.function(token)(
      { token, args: this.properties(request.getArgs()), preview: request.getPreview() },
      this.context(""),
    );
    return new messages.InvokeResponse().setReturn(toStruct(result)).setFailuresList(failuresToMessages(failures));
  }

  private async check(message: messages.CheckRequest): Promise<messages.CheckResponse> {
    const request = this.checkRequest(message);
    return checkToMessage(await this.resource(request).check(request, this.context(request.urn)));
  }

  private async diff(message: messages.DiffRequest): Promise<messages.DiffResponse> {
    const request = this.diffRequest(message);
    return diffToMessage(await this.resource(request).diff(request, this.context(request.urn)));
  }

  private async create(message: messages.CreateRequest): Promise<messages.CreateResponse> {
    const request = {
      ...subject(message.getUrn()),
      inputs: this.properties(message.getProperties()),
      preview: message.getPreview(),
      timeout: message.getTimeout(),
    };
    const made = await this.resource(request).create(request, this.context(request.urn));
    return new messages.CreateResponse().setId(made.id).setProperties(toStruct(made.outputs));
  }

  private async read(message: messages.ReadRequest): Promise<messages.ReadResponse> {
    const id = message.getId();
    const state = this.properties(message.getProperties());
    const inputs = this.properties(message.getInputs());
    const request = { ...subject(message.getUrn()), id, state, inputs };
    const resource = this.resource(request);
    const found = resource.read
      ? await resource.read(request, this.context(request.urn))
      : { id, outputs: state, inputs };
    const response = new messages.ReadResponse();
    if (found === undefined) return response;
    return response.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
  }

  private async update(message: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const request = {
      ...subject(message.getUrn()),
      id: message.getId(),
      olds: this.properties(message.getOlds()),
      oldInputs: this.properties(message.getOldInputs()),
      news: this.properties(message.getNews()),
      preview: message.getPreview(),
      timeout: message.getTimeout(),
      ignoreChanges: message.getIgnorechangesList(),
    };
    const resource = this.resource(request);
    if (resource.update === undefined) {
      throw new StatusError(
        status.UNIMPLEMENTED,
        `${request.type} has no update: every change of it must be a replacement`,
      );
    }
    const outputs = await resource.update(request, this.context(request.urn));
    return new messages.UpdateResponse().setProperties(toStruct(outputs));
  }

  private async delete(message: messages.DeleteRequest): Promise<Empty> {
    const request = {
      ...subject(message.getUrn()),
      id: message.getId(),
      state: this.properties(message.getProperties()),
      timeout: message.getTimeout(),
    };
    await this.resource(request).delete?.(request, this.context(request.urn));
    return new Empty();
  }
}
