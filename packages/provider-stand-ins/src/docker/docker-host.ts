import type Docker from "dockerode";
import type { DockerOptions } from "dockerode";

import type { PropertyMap } from "../support/values";
import { apiMessage, Diagnostic } from "./failure";
import { textOf, textsOf } from "./properties";
import { dialCommand, SshAgent } from "./ssh-agent";

/** Where Docker listens when nothing else is said. */
const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** Settings of the provider that need certificates: the lab has no Docker over TLS. */
const UNSUPPORTED = ["caMaterial", "certMaterial", "certPath", "keyMaterial", "context"] as const;

/** The Docker that a provider was configured for. */
export class DockerHost {
  private address = DEFAULT_HOST;
  private sshOpts: readonly string[] = [];
  private connected: Promise<Docker> | undefined;

  /**
   * Takes the provider's settings: `host` (default: DOCKER_HOST, else the default socket) and `sshOpts`. A host reached by
   * ssh is not called before the first resource, so that a preview works while it is down; any other must answer at once.
   */
  async configure(config: PropertyMap): Promise<void> {
    const unsupported = UNSUPPORTED.filter((name) => textOf(config, name) !== undefined);
    if (unsupported.length > 0) {
      throw new Error(
        `The lab's stand-in for the docker plugin has no ${unsupported.join(", ")}: use an ssh:// or unix:// host, or the real plugin.`,
      );
    }
    const fromEnvironment = process.env.DOCKER_HOST === "" ? undefined : process.env.DOCKER_HOST;
    this.address = textOf(config, "host") ?? fromEnvironment ?? DEFAULT_HOST;
    this.sshOpts = textsOf(config, "sshOpts");
    this.connected = undefined;
    if (this.address.startsWith("ssh://")) return;
    try {
      await (await this.open()).ping();
    } catch {
      throw new Error(
        "docker native provider returned an unexpected error from Configure: failed to connect to any docker daemon",
      );
    }
  }

  /** A client whose daemon has answered once. */
  client(): Promise<Docker> {
    this.connected ??= this.connect().catch((error: unknown) => {
      this.connected = undefined;
      throw error;
    });
    return this.connected;
  }

  private async connect(): Promise<Docker> {
    const docker = await this.open();
    try {
      await docker.ping();
    } catch (error) {
      throw new Diagnostic(
        `failed to create Docker client: Error pinging Docker server, please make sure that ${this.address} is reachable ` +
          `and has a  '_ping' endpoint. Error: ${apiMessage(error)}`,
      );
    }
    return docker;
  }

  private async open(): Promise<Docker> {
    // Loaded late: with its gRPC parts it is slower to load than the rest of the plugin.
    const { default: Docker } = await import("dockerode");
    const url = new URL(this.address);
    switch (url.protocol) {
      case "ssh:": {
        const agent = new SshAgent(dialCommand(this.address, this.sshOpts));
        // The name is the one Docker's own connection helper uses; the agent decides where the connection goes.
        const options: DockerOptions & { readonly agent: SshAgent } = {
          agent,
          host: "docker.example.com",
          port: 80,
          protocol: "http",
          socketPath: undefined,
        };
        return new Docker(options);
      }
      case "unix:":
        return new Docker({ socketPath: url.pathname, host: undefined, port: undefined });
      case "tcp:":
      case "http:":
        return new Docker({ host: url.hostname, port: url.port, protocol: "http", socketPath: undefined });
      default:
        throw new Error(`docker host ${this.address}: expected ssh://, unix:// or tcp://`);
    }
  }
}
