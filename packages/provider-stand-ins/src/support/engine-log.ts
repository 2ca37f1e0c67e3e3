import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

import type { Severity } from "./resource";

const SEVERITIES: Readonly<Record<Severity, LogSeverity>> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The way back to the engine, for lines that are shown under a resource. Without an address, lines are dropped. */
export class EngineLog {
  private client: EngineClient | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(address: string | undefined) {
    if (address !== undefined && address !== "") this.connect(address);
  }

  /** Points the log at an engine (host:port). */
  connect(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** Sends one line after all earlier ones, so that a command's output keeps its order. */
  send(urn: string, severity: Severity, message: string, ephemeral: boolean): void {
    const client = this.client;
    if (client === undefined) return;
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(SEVERITIES[severity]);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // A line that cannot be delivered must not fail the work it tells of.
    this.last = this.last.then(
      () =>
        new Promise((done) =>
          client.log(request, () => {
            done();
          }),
        ),
    );
  }

  /** Resolves when everything sent so far has been taken by the engine or given up. */
  flush(): Promise<void> {
    return this.last;
  }
}
