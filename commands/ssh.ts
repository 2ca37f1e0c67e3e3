import execa from "execa";

import {
  asRoot,
  hostScript,
  interactiveOptions,
  jumpOptions,
  loginOf,
  readFailure,
  SHORT_CONNECT,
} from "../components/machine";
import { HostAddress } from "../settings";
import { printable, printableLines } from "../lib/printable";
import { UserError } from "../lib/errors";
import { scriptCommand } from "../lib/quote";
import { scriptText } from "./script-text";
import { DeployedStack } from "./stack";

/** A machine reached by OpenSSH, only with the pinned host key and the operator's key or agent. */
export class Ssh {
  private constructor(
    /** Name of the machine. */
    public readonly name: string,
    /** Options, and the login behind them. */
    private readonly words: readonly string[],
  ) {}

  /**
   * Connects to a server, by default the first: directly at home, from elsewhere through the tunnel if `sshOverTunnel` is set.
   */
  public static async toServer(stack: DeployedStack, asked?: string): Promise<Ssh> {
    const { host } = stack;
    const wanted = serverOf(stack, asked);
    const [edge, server] = [address(host.edge), address(wanted)];
    const direct = new Ssh(server.name, [...interactiveOptions(server), loginOf(server)]);
    const failure = await direct.failure();
    if (failure === undefined) return direct;
    if (!wanted.sshOverTunnel) {
      throw new UserError(
        `${describe(server)}: ${failure}. To reach the server from outside its network, set 'sshOverTunnel: true' for it`,
      );
    }
    const far = new Ssh(server.name, [
      ...interactiveOptions(server),
      ...jumpOptions(edge),
      `${server.user}@${wanted.tunnelAddress}`,
    ]);
    const farFailure = await far.failure();
    if (farFailure === undefined) return far;
    throw new UserError(`${describe(server)}: ${failure}; and through ${describe(edge)}: ${farFailure}`);
  }

  /** Connects to the edge. */
  public static async toEdge(stack: DeployedStack): Promise<Ssh> {
    const edge = address(stack.host.edge);
    const way = new Ssh(edge.name, [...interactiveOptions(edge), loginOf(edge)]);
    const failure = await way.failure();
    if (failure === undefined) return way;
    throw new UserError(`${describe(edge)}: ${failure}`);
  }

  /** Connects to the machine of a name: the edge or a server. */
  public static async to(stack: DeployedStack, name: string): Promise<Ssh> {
    return name === stack.host.edge.name ? Ssh.toEdge(stack) : Ssh.toServer(stack, name);
  }

  /** Connects to the ingress, which also serves the admin. */
  public static async toIngress(stack: DeployedStack): Promise<Ssh> {
    return stack.host.ingress === "edge" ? Ssh.toEdge(stack) : Ssh.toServer(stack);
  }

  /** Connects as a provider's configuration in the state says: `ssh://user@address:port` and options. */
  public static byUrl(url: string, sshOptions: readonly string[]): Ssh {
    const { hostname, port, username } = new URL(url);
    return new Ssh(hostname, [
      ...sshOptions,
      ...SHORT_CONNECT,
      "-p",
      port === "" ? "22" : port,
      `${username}@${hostname}`,
    ]);
  }

  /** Runs a static script of `commands/scripts` with arguments, and returns its stdout. */
  public async run(script: string, ...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.ask(remote(script, args));
    if (exitCode === 0) return stdout;
    throw new UserError(`${this.name}: ${stderr.trim()}`);
  }

  /** Looks at the machine as the probe of a preview does, and at what takes seconds; returns its answer. */
  public async look(): Promise<string> {
    const { exitCode, stdout, stderr } = await this.ask(asRoot("look"), hostScript());
    if (exitCode === 0) return stdout;
    throw new UserError(`${this.name}: ${readFailure(exitCode, stderr).reason}`);
  }

  /** Runs a static script with this process's own input and output, a terminal if it has one; returns the exit code. */
  public async byHand(script: string, args: readonly string[], input?: string): Promise<number> {
    const terminal = process.stdin.isTTY && input === undefined ? ["-t"] : [];
    // execa has no exit code for a killed process.
    const { exitCode, signal } = await execa("ssh", [...terminal, ...this.words, remote(script, args)], {
      reject: false,
      stdout: "inherit",
      stderr: "inherit",
      ...(input === undefined ? { stdin: "inherit" as const } : { input }),
    });
    return signal === undefined ? exitCode : 1;
  }

  /** Shows what a static script writes, line by line as it comes, and nothing that a terminal would obey; returns the exit code. */
  public async follow(
    script: string,
    args: readonly string[],
    { input, shown }: { readonly input?: string | undefined; readonly shown?: (line: string) => string } = {},
  ): Promise<number> {
    const ssh = execa("ssh", [...this.words, remote(script, args)], {
      ...{ reject: false, buffer: false },
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    });
    ssh.stdout?.pipe(printableLines(shown)).pipe(process.stdout, { end: false });
    ssh.stderr?.pipe(printableLines(shown)).pipe(process.stderr, { end: false });
    const { exitCode, signal } = await ssh;
    return signal === undefined ? exitCode : 1;
  }

  /** Forwards a port of this workstation to a port of the machine's own loopback address, until killed. */
  public forward(localPort: number, port: number) {
    const forward = ["-N", "-o", "ExitOnForwardFailure=yes", "-L", `127.0.0.1:${localPort}:127.0.0.1:${port}`];
    return execa("ssh", [...forward, ...this.words], { reject: false, stdin: "ignore" });
  }

  /** Why the machine is unreachable; undefined: it is reachable. */
  public async failure(): Promise<string | undefined> {
    const { exitCode, stderr } = await this.ask("true");
    return exitCode === 0 ? undefined : readFailure(exitCode, stderr).reason;
  }

  /** How a command ends on the machine, with what it wrote as a terminal may have it; `input`: its stdin. */
  private async ask(command: string, input?: string) {
    const { exitCode, stdout, stderr } = await execa("ssh", [...this.words, command], {
      reject: false,
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    });
    return { exitCode, stdout: printable(stdout), stderr: printable(stderr) };
  }
}

/** All servers of a stack; the first runs the release commands and jobs. */
export function serversOf({ host }: Pick<DeployedStack, "host">): readonly DeployedStack["host"]["server"][] {
  return [host.server, ...host.others];
}

function serverOf(stack: DeployedStack, asked: string | undefined): DeployedStack["host"]["server"] {
  if (asked === undefined) return stack.host.server;
  const servers = serversOf(stack);
  const found = servers.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  throw new UserError(
    `${asked} is not a server of the stack ${stack.name}: expected ${servers.map(({ name }) => name).join(", ")}`,
  );
}

function address({ privateKeyFile, ...login }: DeployedStack["host"]["edge"]): HostAddress {
  return { ...login, privateKeyFile, privateKey: undefined };
}

function describe(host: HostAddress): string {
  return `${host.name} (${host.address}) is unreachable`;
}

// The script is static; only its arguments are words of the user's, each quoted.
function remote(script: string, args: readonly string[]): string {
  return scriptCommand(scriptText(script), args);
}
