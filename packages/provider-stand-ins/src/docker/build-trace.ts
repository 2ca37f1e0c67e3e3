import path from "node:path";

import protobuf from "protobufjs";

/** What BuildKit's progress says, as far as it is shown (moby.buildkit.v1.StatusResponse). */
interface Status {
  readonly vertexes?: readonly {
    name?: string;
    digest?: string;
    started?: unknown;
    completed?: unknown;
    cached?: boolean;
    error?: string;
  }[];
  readonly logs?: readonly { msg?: string }[];
  readonly warnings?: readonly { short?: string }[];
}

/** Turns BuildKit's binary progress into lines: each step once, each line that a step prints, each error and warning. */
export class BuildTrace {
  // dockerode brings the protocol; its own reader of it prints the output of steps as base64.
  private readonly type = protobuf
    .loadSync(path.join(path.dirname(require.resolve("dockerode")), "proto", "buildkit_status.proto"))
    .lookupType("moby.buildkit.v1.StatusResponse");
  private readonly shown = new Set<string>();

  /** The lines in one message, given as base64. */
  lines(encoded: string): string[] {
    const message = this.type.decode(new Uint8Array(Buffer.from(encoded, "base64")));
    const status = this.type.toObject(message, { bytes: String, longs: String }) as Status;
    const text = (bytes: string | undefined) =>
      Buffer.from(bytes ?? "", "base64")
        .toString("utf8")
        .trimEnd();
    return [
      ...(status.vertexes ?? []).flatMap(({ name = "", started, cached = false, error = "" }) => [
        ...(started === undefined ? [] : this.once(cached ? `${name} (cached)` : name)),
        ...(error === "" ? [] : this.once(`error: ${error}`)),
      ]),
      ...(status.logs ?? []).flatMap(({ msg }) => text(msg).split("\n")),
      ...(status.warnings ?? []).map(({ short }) => `warning: ${text(short)}`),
    ].filter((line) => line !== "");
  }

  private once(line: string): string[] {
    if (this.shown.has(line)) return [];
    this.shown.add(line);
    return [line];
  }
}
