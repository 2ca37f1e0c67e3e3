import { existsSync } from "node:fs";
import { join } from "node:path";

import Docker from "dockerode";

import { UserError, messageOf } from "../../lib/errors";
import { installPackages } from "./apt";
import { Report } from "../progress";
import { OwnDaemon, runningDaemons, startedBySystemd } from "./own-daemon";

/** A Docker engine that answers. */
export interface Engine {
  readonly docker: Docker;
  /** What DOCKER_HOST has to be to reach it; undefined: the default. */
  readonly host: string | undefined;
  /** Such as `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Whether systemd in a container finds cgroup v1 or v2 there. */
  readonly cgroup: "1" | "2";
  /** In Docker's words: `linux/amd64`. */
  readonly platform: { readonly os: string; readonly architecture: string };
}

const DEFAULT_SOCKET = "/var/run/docker.sock";

/** What a Docker engine needs on a Debian or Ubuntu machine. iptables: without it dockerd does not start. */
const PACKAGES = ["docker.io", "iptables", "curl", "ca-certificates"];

/** Milliseconds a socket is given to answer. */
const PING_TIMEOUT = 5_000;

/** The engine that answers already: DOCKER_HOST's, the default one, or one that a lab has started. Undefined: none does. */
export async function findEngine(cache: string): Promise<Engine | undefined> {
  const named = process.env["DOCKER_HOST"];
  if (named !== undefined && named !== "") {
    return connect(named).catch((error: unknown) => {
      throw new UserError(
        `DOCKER_HOST is ${named}, and no Docker engine answers there (${messageOf(error)}): start it, or unset DOCKER_HOST`,
      );
    });
  }
  const candidates = [undefined, new OwnDaemon(engineDirectory(cache)).host, ...(await runningDaemons())];
  for (const candidate of candidates) {
    if (existsSync(socketOf(candidate))) {
      const engine = await connect(candidate).catch(() => undefined);
      if (engine !== undefined) {
        return engine;
      }
    }
  }
  return undefined;
}

/** The engine that answers already, or else one that is installed and started. */
export async function provideEngine(cache: string, report: Report): Promise<Engine> {
  const found = await findEngine(cache);
  if (found !== undefined) {
    return found;
  }
  await installPackages(PACKAGES, report);
  // Some systems start what they install.
  const started = await findEngine(cache);
  if (started !== undefined) {
    return started;
  }
  if (await startedBySystemd("docker.service")) {
    return connect(undefined).catch((error: unknown) => {
      throw new UserError(
        `systemd has started Docker, but its socket does not answer this user (${messageOf(error)}): run as root or join the group docker`,
      );
    });
  }
  const own = new OwnDaemon(engineDirectory(cache));
  await own.start(report);
  return connect(own.host);
}

/** Where the lab's own daemon keeps everything it has. */
export function engineDirectory(cache: string): string {
  return join(cache, "engine");
}

/** Connects to the engine at an address as in DOCKER_HOST. */
async function connect(host: string | undefined): Promise<Engine> {
  const docker = dockerAt(host);
  const info = (await timeout(docker.info(), `no answer from ${host ?? DEFAULT_SOCKET}`)) as {
    CgroupVersion?: string;
    OSType?: string;
  };
  const version = await docker.version();
  return {
    docker,
    host,
    address: host ?? `unix://${DEFAULT_SOCKET}`,
    cgroup: info.CgroupVersion === "2" ? "2" : "1",
    platform: { os: info.OSType ?? "linux", architecture: version.Arch },
  };
}

function dockerAt(host: string | undefined): Docker {
  if (host === undefined || host.startsWith("unix://")) {
    return new Docker({ socketPath: socketOf(host) });
  }
  // docker-modem reads DOCKER_HOST, with its TLS variables, by itself.
  return new Docker();
}

function socketOf(host: string | undefined): string {
  return host === undefined ? DEFAULT_SOCKET : host.replace(/^unix:\/\//, "");
}

async function timeout<T>(answer: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new UserError(message));
    }, PING_TIMEOUT);
  });
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}
