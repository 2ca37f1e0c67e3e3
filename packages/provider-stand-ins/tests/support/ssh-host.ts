import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import type { Connection, ServerChannel } from "ssh2";
import { Server, utils } from "ssh2";

/** A key pair in OpenSSH's forms. */
export interface SshKeys {
  readonly private: string;
  readonly public: string;
}

/** Makes an ed25519 key pair. Of 3,000 that ssh2 makes it cannot read 13 itself ("Malformed OpenSSH private key"): those are left out. */
export function sshKeys(): SshKeys {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** An ssh server on loopback that runs commands with this machine's sh, for one user key. Variables are refused, as by sshd's default. */
export class SshHost {
  readonly host = "127.0.0.1";
  readonly hostKeys = sshKeys();
  readonly userKeys = sshKeys();
  /** All commands so far. */
  readonly commands: string[] = [];
  private readonly connections = new Set<Connection>();
  private readonly ssh = new Server({ hostKeys: [this.hostKeys.private] }, (connection) => {
    this.serve(connection);
  });
  private readonly server = createServer({ noDelay: true }, (socket) => {
    this.ssh.injectSocket(socket);
  });

  /** `acceptEnv`: names of the variables that a client may set. */
  constructor(private readonly acceptEnv: readonly string[] = []) {}

  /** Listens on the port (0: any free one); answers the port. */
  async listen(port = 0): Promise<number> {
    this.server.listen(port, this.host);
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    for (const connection of this.connections) connection.end();
    this.server.close();
  }

  private serve(connection: Connection): void {
    this.connections.add(connection);
    connection.on("close", () => this.connections.delete(connection));
    // A client that goes away in the middle is part of some tests.
    connection.on("error", () => undefined);
    const known = utils.parseKey(this.userKeys.public);
    if (known instanceof Error) throw known;
    connection.on("authentication", (auth) => {
      if (auth.method !== "publickey" || !known.getPublicSSH().equals(Uint8Array.from(auth.key.data))) {
        auth.reject(["publickey"]);
      } else if (auth.blob === undefined || auth.signature === undefined) auth.accept();
      else if (known.verify(auth.blob, auth.signature, auth.hashAlgo)) auth.accept();
      else auth.reject(["publickey"]);
    });
    connection.on("session", (acceptSession) => {
      const session = acceptSession();
      const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
      session.on("env", (accept: (() => void) | undefined, reject: (() => void) | undefined, { key, val }) => {
        if (!this.acceptEnv.includes(key)) {
          reject?.();
          return;
        }
        env[key] = val;
        accept?.();
      });
      session.on("exec", (accept, _reject, { command }) => {
        this.commands.push(command);
        run(command, env, accept());
      });
    });
  }
}

function run(command: string, env: NodeJS.ProcessEnv, channel: ServerChannel): void {
  const child = spawn("/bin/sh", ["-c", command], { env, stdio: "pipe" });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code, signal) => {
    if (code === null) channel.exit((signal ?? "SIGKILL").replace(/^SIG/, ""), false, "");
    else channel.exit(code);
    channel.end();
  });
}
