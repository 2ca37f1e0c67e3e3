import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { EngineLog } from "./engine-log";
import type { Plugin } from "./resource";
import { PluginServer } from "./server";

/** How often, in milliseconds, a plugin looks whether the engine that started it still lives. */
const ENGINE_WATCH_INTERVAL = 1000;

/**
 * Runs a stand-in as the engine expects of a plugin: listens on a free port of loopback, prints that port as the first
 * line on stdout, and serves until the engine ends it. The engine's own address is the last argument of the process.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const log = new EngineLog(process.argv.slice(2).at(-1));
  // State can be of any size; the engine itself allows 400 MB.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, new PluginServer(plugin, log).service());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const end = () => {
    server.forceShutdown();
    process.exit(0);
  };
  // SIGINT is how the engine itself ends a plugin; the terminal's Ctrl-C does not reach it, it has a process group of its own.
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) end();
  }, ENGINE_WATCH_INTERVAL).unref();
  process.stdout.write(`${port}\n`);
}
