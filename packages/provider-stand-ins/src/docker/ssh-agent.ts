import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/** How long, in milliseconds, to wait for the last words of an ssh that has ended; a shared connection's master keeps the pipe open. */
const LAST_WORDS = 200;

/** The end of a command's output that an error shows, in characters. */
const SHOWN_OUTPUT = 4000;

/**
 * The standard input and output of a command as a connection. Node's HTTP client treats it as a socket, so it has the
 * methods of one; a pipe has no delay to turn off and no keep-alive.
 */
class CommandConnection extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private errors = "";

  constructor(private readonly command: readonly string[]) {
    super();
    const [program = "ssh", ...args] = command;
    this.child = spawn(program, args, { stdio: "pipe" });
    this.child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) this.child.stdout.pause();
    });
    const allRead = new Promise<void>((resolve) => this.child.stdout.once("end", resolve));
    this.child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.errors = (this.errors + chunk).slice(-SHOWN_OUTPUT);
    });
    // The command's own exit reports a broken pipe better.
    this.child.stdin.on("error", () => undefined);
    this.child.on("error", (error) => this.destroy(error));
    this.child.on("exit", (code, signal) => {
      // Nobody reads a connection that waits for its next request, so its end goes unseen: without this word the agent would use it again.
      this.end();
      this.emit("agentRemove");
      // The output's end alone would read as a connection that broke off: how the command ended says why.
      void allRead.then(() => {
        if (code === 0) this.push(null);
        else this.failed(code === null ? `signal ${signal ?? "unknown"}` : `exit status ${code}`);
      });
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.child.stdin.write(chunk, encoding, () => {
      done();
    });
  }

  override _final(done: () => void): void {
    // An input that is gone already is no failure of its own: how the command ended says more.
    this.child.stdin.end(() => {
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  private failed(how: string): void {
    if (this.destroyed) return;
    const fail = () => this.destroy(this.failure(how));
    const late = setTimeout(fail, LAST_WORDS);
    this.child.stderr.once("end", () => {
      clearTimeout(late);
      fail();
    });
  }

  /** In the words of Docker's own connection helper (docker/cli, commandconn). */
  private failure(how: string): Error {
    return new Error(
      `command [${this.command.join(" ")}] has exited with ${how}, please make sure the URL is valid, ` +
        `and Docker 18.09 or later is installed on the remote host: stderr=${this.errors}`,
    );
  }
}

/**
 * The command that carries one connection to the Docker of an `ssh://` host: OpenSSH with the given options, so that
 * shared connections, jump hosts and pinned host keys work as they do for a person (docker/cli, connhelper).
 */
export function dialCommand(host: string, sshOpts: readonly string[]): string[] {
  const url = new URL(host);
  const timeout = sshOpts.some((option) => option.includes("ConnectTimeout")) ? [] : ["-o", "ConnectTimeout=30"];
  const user = url.username === "" ? [] : ["-l", decodeURIComponent(url.username)];
  const port = url.port === "" ? [] : ["-p", url.port];
  const socket = url.pathname === "" || url.pathname === "/" ? [] : ["--host", `unix://${url.pathname}`];
  const address = url.hostname.replace(/^\[|\]$/g, "");
  return [
    "ssh",
    ...sshOpts,
    ...timeout,
    "-T",
    ...user,
    ...port,
    "--",
    address,
    "docker",
    ...socket,
    "system",
    "dial-stdio",
  ];
}

/** Opens every connection of Docker's API through a command of its own, and keeps it for the next call. */
export class SshAgent extends Agent {
  constructor(private readonly command: readonly string[]) {
    super({ keepAlive: true });
  }

  override createConnection(): Duplex {
    return new CommandConnection(this.command);
  }
}
