import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { UserError } from "../../lib/errors";
import { Report } from "../progress";
import { run, succeeds, until } from "../process";

/** Seconds for a Docker daemon to answer after its start, and to exit after SIGTERM. */
const START = 60;
const STOP = 60;

/**
 * A Docker daemon that the lab starts itself, where none answers and no init system starts one. It is kept running after the command, for
 * all labs of this cache, and `lab:down --engine` stops it by its process id. Everything it has is in one directory.
 */
export class OwnDaemon {
  constructor(private readonly directory: string) {}

  /** The address for DOCKER_HOST. */
  get host(): string {
    return `unix://${this.socket}`;
  }

  private get socket(): string {
    return join(this.directory, "docker.sock");
  }

  private get pidFile(): string {
    return join(this.directory, "docker.pid");
  }

  /** The daemon's process id, if it is running. */
  async pid(): Promise<number | undefined> {
    const pid = Number(await readFile(this.pidFile, "utf8").catch(() => ""));
    const running = pid > 0 && (await commandLine(pid)).some((word) => word.includes(this.socket));
    return running ? pid : undefined;
  }

  /** Starts it and waits until it answers. */
  async start(report: Report): Promise<void> {
    if (process.getuid?.() !== 0) {
      throw new UserError(
        "no Docker engine answers, and starting one needs root: start Docker, or add yourself to the group docker, or run as root",
      );
    }
    await mkdir(this.directory, { recursive: true });
    if ((await this.pid()) === undefined) {
      await rm(this.pidFile, { force: true });
      report("starting a Docker daemon for the lab");
      const log = openSync(join(this.directory, "dockerd.log"), "a");
      const options = [
        ["--host", this.host],
        ["--data-root", join(this.directory, "data")],
        ["--exec-root", join(this.directory, "run")],
        ["--pidfile", this.pidFile],
      ];
      // Detached: the hosts run on after this command has ended.
      spawn("dockerd", options.flat(), { detached: true, stdio: ["ignore", log, log] }).unref();
    }
    await until(
      `the lab's Docker daemon to answer (its log: ${join(this.directory, "dockerd.log")})`,
      START,
      async () =>
        (await succeeds("curl", ["-sf", "--unix-socket", this.socket, "http://docker/_ping"])) ? true : undefined,
    );
  }

  /** Stops it, if it is running, and gives whether it was. Its images and volumes stay in the cache. */
  async stop(): Promise<boolean> {
    const pid = await this.pid();
    if (pid === undefined) {
      return false;
    }
    process.kill(pid, "SIGTERM");
    await until(`the lab's Docker daemon (process ${pid}) to exit`, STOP, async () =>
      (await this.pid()) === undefined ? true : undefined,
    );
    return true;
  }
}

/**
 * The addresses of Docker daemons that run on this machine. Two daemons share the machine's bridge and firewall chains and break each
 * other, so that a daemon another lab has started is used rather than a second one started beside it.
 */
export async function runningDaemons(): Promise<string[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: string[] = [];
  for (const pid of processes) {
    const [program = "", ...args] = await commandLine(pid);
    if (program === "dockerd" || program.endsWith("/dockerd")) {
      const hosts = args.flatMap((arg, at) =>
        arg === "--host" || arg === "-H" ? [args[at + 1] ?? ""] : hostOption(arg),
      );
      found.push(...hosts.filter((host) => host.startsWith("unix://") && existsSync(host.slice("unix://".length))));
    }
  }
  return found;
}

function hostOption(arg: string): string[] {
  return arg.startsWith("--host=") ? [arg.slice("--host=".length)] : [];
}

/** The words of a process's command line; none if there is no such process. */
async function commandLine(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.split("\0");
}

/** Whether an init system runs this machine's services. */
export async function startedBySystemd(unit: string): Promise<boolean> {
  return (
    existsSync("/run/systemd/system") &&
    run("systemctl", ["start", unit]).then(
      () => true,
      () => false,
    )
  );
}
