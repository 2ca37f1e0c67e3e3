import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** One line that a plugin sent to the engine. */
export interface LoggedLine {
  readonly urn: string;
  readonly severity: string;
  readonly message: string;
  /** True for a line of progress, which the engine does not keep. */
  readonly ephemeral: boolean;
}

const SEVERITIES = ["debug", "info", "warning", "error"];

/** The engine's side of a plugin's log, on loopback. */
export class FakeEngine {
  private constructor(
    private readonly server: Server,
    /** All lines so far, in the order in which they arrived. */
    readonly lines: readonly LoggedLine[],
    private readonly waiting: ((line: LoggedLine) => void)[],
    /** Host and port, as a plugin takes it for its argument. */
    readonly address: string,
  ) {}

  static async listen(): Promise<FakeEngine> {
    const server = new Server();
    const lines: LoggedLine[] = [];
    const waiting: ((line: LoggedLine) => void)[] = [];
    server.addService(EngineService, {
      log: (call: ServerUnaryCall<LogRequest, Empty>, done: sendUnaryData<Empty>) => {
        const { urn, severity, message, ephemeral } = call.request.toObject();
        const line = { urn, severity: SEVERITIES[severity] ?? "?", message, ephemeral };
        lines.push(line);
        for (const tell of waiting.splice(0)) tell(line);
        done(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return new FakeEngine(server, lines, waiting, `127.0.0.1:${port}`);
  }

  /** Resolves when the next line arrives. */
  next(): Promise<LoggedLine> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  close(): void {
    this.server.forceShutdown();
  }
}
