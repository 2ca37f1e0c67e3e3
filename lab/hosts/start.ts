import { readFile } from "node:fs/promises";
import { join } from "node:path";

import Docker from "dockerode";
import { pack } from "tar-stream";

import { exec, inspect, missing, script } from "../engine/containers";
import { SystemdOptions } from "../engine/privilege";
import { UserError } from "../../lib/errors";
import { quote } from "../../lib/quote";
import { Instance, LABEL } from "../instance";
import { NetworkNames } from "../network/networks";
import { until } from "../process";
import { Delivery, LabHost } from "./host";

/** Everything a host's start needs beside its own description. */
export interface Surroundings {
  readonly docker: Docker;
  readonly instance: Instance;
  readonly networks: NetworkNames;
  readonly systemd: SystemdOptions;
  readonly bootOptions: readonly string[];
  /** The operator's public key line, and each host's private key. */
  readonly authorizedKey: string;
  readonly hostKey: (host: LabHost) => Promise<string>;
}

/** Seconds a host may take to boot: two on an idle machine, much more beside a build. */
const BOOT = 120;

/** The name of a host's container. */
export function containerName(instance: Instance, host: string): string {
  return `${instance.name}-${host}`;
}

/** Makes a host what its description says: made if missing or in the wrong place, started if it is off, its script applied. */
export async function startHost(around: Surroundings, host: LabHost): Promise<void> {
  const name = containerName(around.instance, host.name);
  const found = await inspect(around.docker, name);
  if (found !== undefined && found.Config.Labels[LABEL] !== around.instance.name) {
    throw new UserError(`the container ${name} was not made by this lab: choose another instance name with --instance`);
  }
  if (found === undefined || !fits(around, host, found)) {
    if (found !== undefined) {
      await around.docker.getContainer(name).remove({ force: true });
    }
    await attachRest(around, host, await around.docker.createContainer(containerOptions(around, host)));
  }
  const container = around.docker.getContainer(name);
  if (!(await container.inspect()).State.Running) {
    await container.start();
  }
  await booted(around.docker, name);
  for (const delivery of host.deliveries) {
    await deliver(container, delivery);
  }
  await script(around.docker, name, "its setup", await setupScript(around, host));
}

/**
 * Whether a container is what its description says: in all its networks, which a run that was interrupted may have left out, and with its
 * volumes. Its image does not count: as with a real machine, what was done to it stays until it is taken down.
 */
function fits(around: Surroundings, host: LabHost, found: Docker.ContainerInspectInfo): boolean {
  const addresses = host.attachments.every(({ network, address }) => {
    const endpoint = found.NetworkSettings.Networks[around.networks[network]];
    // An endpoint of a container that is off has its address in the configuration only.
    const configured = endpoint?.IPAMConfig as { readonly IPv4Address?: string } | null | undefined;
    return endpoint?.IPAddress === address || configured?.IPv4Address === address;
  });
  return addresses && volumeBinds(around, host).every((bind) => found.HostConfig.Binds?.includes(bind) === true);
}

function volumeBinds(around: Surroundings, host: LabHost): string[] {
  return host.volumes.map((path) => `${volumeName(around.instance, host, path)}:${path}`);
}

function containerOptions(around: Surroundings, host: LabHost): Docker.ContainerCreateOptions {
  const name = containerName(around.instance, host.name);
  const [first] = host.attachments;
  if (first === undefined) {
    throw new UserError(`the host ${host.name} is attached to no network`);
  }
  const { Binds = [], ...systemd } = around.systemd;
  return {
    name,
    Hostname: host.name,
    Image: host.image,
    Cmd: ["/lib/systemd/systemd", ...around.bootOptions],
    Labels: { [LABEL]: around.instance.name },
    // systemd takes its name from here and then behaves as in a container.
    Env: ["container=docker"],
    StopSignal: "SIGRTMIN+3",
    HostConfig: {
      ...systemd,
      Binds: [...Binds, ...volumeBinds(around, host)],
      NetworkMode: around.networks[first.network],
      RestartPolicy: { Name: "unless-stopped" },
      Sysctls: { "net.ipv4.ip_forward": host.attachments.length > 1 ? "1" : "0" },
    },
    NetworkingConfig: {
      EndpointsConfig: { [around.networks[first.network]]: { IPAMConfig: { IPv4Address: first.address } } },
    },
  };
}

/** The volume of a path on a host. */
export function volumeName(instance: Instance, host: Pick<LabHost, "name">, path: string): string {
  return `${containerName(instance, host.name)}${path.replaceAll("/", "-")}`;
}

async function attachRest(around: Surroundings, host: LabHost, container: Docker.Container): Promise<void> {
  for (const { network, address } of host.attachments.slice(1)) {
    await around.docker
      .getNetwork(around.networks[network])
      .connect({ Container: container.id, EndpointConfig: { IPAMConfig: { IPv4Address: address } } });
  }
}

async function booted(docker: Docker, name: string): Promise<void> {
  await until(`${name} to boot`, BOOT, async () => {
    const { stdout } = await exec(docker, name, ["systemctl", "is-system-running"]);
    // Degraded: some unit has failed, which its own script will say better.
    return ["running", "degraded"].includes(stdout.trim()) ? true : undefined;
  });
}

async function deliver(container: Docker.Container, { from, directory, name, mode }: Delivery): Promise<void> {
  const archive = pack();
  const path = join(directory, name).slice(1);
  archive.entry({ name: `${directory.slice(1)}/`, type: "directory", mode: 0o755 });
  archive.entry({ name: path, mode }, await readFile(from));
  archive.finalize();
  await container.putArchive(archive, { path: "/" });
}

/** The script for a host, with its parameters in front of it. */
async function setupScript(around: Surroundings, host: LabHost): Promise<string> {
  const parameters = {
    ROUTE: host.route,
    NAMESERVER: host.nameserver,
    LOGIN: host.login,
    AUTHORIZED_KEY: around.authorizedKey,
    HOST_KEY: host.login === "" ? "" : await around.hostKey(host),
    ...host.role?.parameters,
  };
  const scripts = ["common.sh", ...(host.role === undefined ? [] : [host.role.script])];
  const texts = await Promise.all(scripts.map((name) => readFile(join(__dirname, "scripts", name), "utf8")));
  return [...Object.entries(parameters).map(([key, value]) => `${key}=${quote(value)}`), ...texts, ""].join("\n");
}

/** Makes a host's volumes, labelled, so that they are found again when the host is gone. */
export async function provideVolumes(docker: Docker, instance: Instance, host: LabHost): Promise<void> {
  for (const path of host.volumes) {
    const name = volumeName(instance, host, path);
    const found = await docker.getVolume(name).inspect().catch(missing);
    if (found === undefined) {
      await docker.createVolume({ Name: name, Labels: { [LABEL]: instance.name } });
    }
  }
}
