import type { ContainerCreateOptions, HostConfig, MountConfig, MountSettings } from "dockerode";

import type { PropertyMap } from "../support/values";
import { parseDuration } from "./duration";
import { blockOf, blocksOf, flagOf, labelsOf, mapOf, numberOf, textOf, textsOf, wordOf } from "./properties";

/** Docker counts bytes, the provider megabytes. */
export const MEGABYTE = 1024 * 1024;
/** Docker counts thousand-millionths of a processor. */
const NANO = 1e9;

/** A planned container as the call that creates it. */
export function createOptions(planned: PropertyMap): ContainerCreateOptions {
  const ports = blocksOf(planned, "ports");
  const volumes = blocksOf(planned, "volumes").filter((volume) => textOf(volume, "containerPath") !== undefined);
  const stopTimeout = numberOf(planned, "stopTimeout");
  const platform = textOf(planned, "platform");
  return {
    name: textOf(planned, "name"),
    ...(platform === undefined ? {} : { platform }),
    Image: textOf(planned, "image"),
    Hostname: textOf(planned, "hostname"),
    Domainname: textOf(planned, "domainname"),
    Tty: flagOf(planned, "tty"),
    OpenStdin: flagOf(planned, "stdinOpen"),
    StopSignal: textOf(planned, "stopSignal"),
    StopTimeout: stopTimeout > 0 ? stopTimeout : undefined,
    Env: some(textsOf(planned, "envs")),
    Cmd: some(textsOf(planned, "command")),
    Entrypoint: some(textsOf(planned, "entrypoints")),
    User: textOf(planned, "user"),
    WorkingDir: textOf(planned, "workingDir"),
    ExposedPorts: ports.length === 0 ? undefined : Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    Volumes:
      volumes.length === 0
        ? undefined
        : Object.fromEntries(volumes.map((volume) => [wordOf(volume, "containerPath"), {}])),
    Labels: labelsOf(planned),
    Healthcheck: healthcheck(planned),
    HostConfig: hostConfig(planned),
  };
}

/** The list, or nothing where it is empty: what is not given is taken from the image. */
function some<T>(items: T[]): T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function portKey(port: PropertyMap): string {
  return `${numberOf(port, "internal")}/${textOf(port, "protocol") ?? "tcp"}`;
}

function healthcheck(planned: PropertyMap): ContainerCreateOptions["Healthcheck"] {
  const given = blockOf(planned, "healthcheck");
  if (given === undefined) return undefined;
  const nanoseconds = (name: string) => parseDuration(textOf(given, name) ?? "0s") ?? 0;
  const startInterval = nanoseconds("startInterval");
  return {
    Test: textsOf(given, "tests"),
    Interval: nanoseconds("interval"),
    Timeout: nanoseconds("timeout"),
    StartPeriod: nanoseconds("startPeriod"),
    // Older engines do not know the field, and accept a request without it.
    ...(startInterval > 0 ? { StartInterval: startInterval } : {}),
    Retries: numberOf(given, "retries"),
  };
}

/** The typings lack what came to the API after them. */
type Host = HostConfig & { readonly CgroupnsMode?: string };

function hostConfig(planned: PropertyMap): Host {
  const { options, unconfined } = securityOptions(planned);
  const capabilities = blockOf(planned, "capabilities") ?? {};
  const shmSize = numberOf(planned, "shmSize");
  const swap = numberOf(planned, "memorySwap");
  const cpus = textOf(planned, "cpus");
  return {
    Privileged: flagOf(planned, "privileged"),
    PublishAllPorts: flagOf(planned, "publishAllPorts"),
    RestartPolicy: { Name: textOf(planned, "restart") ?? "no", MaximumRetryCount: numberOf(planned, "maxRetryCount") },
    Runtime: textOf(planned, "runtime"),
    Mounts: blocksOf(planned, "mounts").map(mount),
    AutoRemove: flagOf(planned, "rm"),
    ReadonlyRootfs: flagOf(planned, "readOnly"),
    LogConfig: { Type: textOf(planned, "logDriver") ?? "", Config: mapOf(planned, "logOpts") ?? {} },
    Tmpfs: mapOf(planned, "tmpfs"),
    PortBindings: portBindings(planned),
    ExtraHosts: some(blocksOf(planned, "hosts").map((entry) => `${wordOf(entry, "host")}:${wordOf(entry, "ip")}`)),
    Binds: some(blocksOf(planned, "volumes").flatMap(bind)),
    VolumesFrom: some(blocksOf(planned, "volumes").flatMap((volume) => textOf(volume, "fromContainer") ?? [])),
    Ulimits: some(
      blocksOf(planned, "ulimits").map((ulimit) => ({
        Name: wordOf(ulimit, "name"),
        Soft: numberOf(ulimit, "soft"),
        Hard: numberOf(ulimit, "hard"),
      })),
    ),
    CapAdd: textsOf(capabilities, "adds"),
    CapDrop: textsOf(capabilities, "drops"),
    Devices: some(
      blocksOf(planned, "devices").map((device) => ({
        PathOnHost: wordOf(device, "hostPath"),
        PathInContainer: textOf(device, "containerPath") ?? wordOf(device, "hostPath"),
        CgroupPermissions: textOf(device, "permissions") ?? "rwm",
      })),
    ),
    Dns: some(textsOf(planned, "dns")),
    DnsOptions: some(textsOf(planned, "dnsOpts")),
    DnsSearch: some(textsOf(planned, "dnsSearches")),
    SecurityOpt: some(options),
    ...(unconfined ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    Memory: numberOf(planned, "memory") * MEGABYTE,
    MemoryReservation: numberOf(planned, "memoryReservation") * MEGABYTE,
    MemorySwap: swap > 0 ? swap * MEGABYTE : swap,
    ShmSize: shmSize > 0 ? shmSize * MEGABYTE : undefined,
    ...(cpus === undefined
      ? { CpuPeriod: numberOf(planned, "cpuPeriod"), CpuQuota: numberOf(planned, "cpuQuota") }
      : { NanoCpus: Math.round(Number(cpus) * NANO) }),
    CpuShares: numberOf(planned, "cpuShares"),
    CpusetCpus: textOf(planned, "cpuSet"),
    NetworkMode: textOf(planned, "networkMode"),
    UsernsMode: textOf(planned, "usernsMode"),
    PidMode: textOf(planned, "pidMode"),
    Sysctls: mapOf(planned, "sysctls"),
    IpcMode: textOf(planned, "ipcMode"),
    GroupAdd: some(textsOf(planned, "groupAdds")),
    CgroupnsMode: textOf(planned, "cgroupnsMode"),
    CgroupParent: textOf(planned, "cgroupParent"),
    Init: flagOf(planned, "init"),
    StorageOpt: mapOf(planned, "storageOpts"),
  };
}

/** `systempaths=unconfined` is the client's word for options that the daemon takes in other fields. */
function securityOptions(planned: PropertyMap): { options: string[]; unconfined: boolean } {
  const given = textsOf(planned, "securityOpts");
  const options = given.filter((option) => option !== "systempaths=unconfined");
  return { options, unconfined: options.length < given.length };
}

function portBindings(planned: PropertyMap): HostConfig["PortBindings"] {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of blocksOf(planned, "ports")) {
    const binding = { HostIp: textOf(port, "ip") ?? "", HostPort: String(numberOf(port, "external")) };
    (bindings[portKey(port)] ??= []).push(binding);
  }
  return Object.keys(bindings).length === 0 ? undefined : bindings;
}

function bind(volume: PropertyMap): string[] {
  const source = textOf(volume, "hostPath") ?? textOf(volume, "volumeName");
  const target = textOf(volume, "containerPath");
  if (source === undefined || target === undefined || textOf(volume, "fromContainer") !== undefined) return [];
  const relabel = textOf(volume, "selinuxRelabel");
  const mode = [flagOf(volume, "readOnly") ? "ro" : "rw", ...(relabel === undefined ? [] : [relabel])].join(",");
  return [`${source}:${target}:${mode}`];
}

function mount(given: PropertyMap): MountConfig[number] {
  const settings: MountSettings = {
    Type: textOf(given, "type") === "bind" ? "bind" : textOf(given, "type") === "tmpfs" ? "tmpfs" : "volume",
    Target: wordOf(given, "target"),
    Source: textOf(given, "source") ?? "",
    ReadOnly: flagOf(given, "readOnly"),
  };
  const bindOptions = blockOf(given, "bindOptions");
  const volumeOptions = blockOf(given, "volumeOptions");
  const tmpfsOptions = blockOf(given, "tmpfsOptions");
  if (settings.Type === "bind" && bindOptions !== undefined) {
    settings.BindOptions = { Propagation: propagation(textOf(bindOptions, "propagation")) };
  }
  if (settings.Type === "volume" && volumeOptions !== undefined) {
    settings.VolumeOptions = {
      NoCopy: flagOf(volumeOptions, "noCopy"),
      Labels: labelsOf(volumeOptions),
      DriverConfig: {
        Name: textOf(volumeOptions, "driverName") ?? "",
        Options: mapOf(volumeOptions, "driverOptions") ?? {},
      },
    };
  }
  if (settings.Type === "tmpfs" && tmpfsOptions !== undefined) {
    settings.TmpfsOptions = { SizeBytes: numberOf(tmpfsOptions, "sizeBytes"), Mode: numberOf(tmpfsOptions, "mode") };
  }
  return settings;
}

const PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"] as const;

function propagation(given: string | undefined): (typeof PROPAGATIONS)[number] {
  return PROPAGATIONS.find((known) => known === given) ?? "rprivate";
}
