import type { ContainerInspectInfo } from "dockerode";

import type { PropertyMap, PropertyValue } from "../support/values";
import { isMap } from "../support/values";
import { withBridgeState } from "./bridge-state";
import { MEGABYTE } from "./container-options";
import { CONTAINER } from "./container-schema";
import { formatDuration } from "./duration";
import { ordered } from "./plan";
import {
  blockOf,
  blocksOf,
  flagOf,
  labelBlocks,
  mapOf,
  numberOf,
  settled,
  textOf,
  textsOf,
  wordOf,
} from "./properties";

/**
 * The state of a container as the provider reads it: what it does not read (environment, labels, volumes, uploads,
 * everything about waiting) stays as it was.
 */
export function containerState(before: PropertyMap, inspected: ContainerInspectInfo): PropertyMap {
  const { attributes } = CONTAINER;
  // The typings of the answer lack what some engines leave out; read as plain JSON, nothing is taken on trust.
  const found = JSON.parse(JSON.stringify(inspected)) as PropertyMap;
  const inSets = Object.entries(read(before, found)).map(([name, value]): [string, PropertyValue] => {
    const attribute = attributes[name];
    return [name, attribute?.type === "set" && Array.isArray(value) ? ordered(attribute.of, value) : value];
  });
  return withBridgeState(CONTAINER, settled({ ...before, ...Object.fromEntries(inSets) }), true);
}

function read(before: PropertyMap, found: PropertyMap): PropertyMap {
  const state = part(found, "State");
  const image = (textOf(before, "image") ?? "").startsWith("sha256:") ? found.Image : part(found, "Config").Image;
  return {
    id: wordOf(found, "Id"),
    name: wordOf(found, "Name").replace(/^\//, ""),
    platform: wordOf(found, "Platform"),
    image: image ?? null,
    // A stopped container that must run is shown as one that need not: so the next `up` has something to change.
    ...(flagOf(state, "Running") ? {} : { exitCode: numberOf(state, "ExitCode"), mustRun: false }),
    // Not read back; but what the program leaves out must be empty and not null, which would ask for a replacement.
    envs: textsOf(before, "envs"),
    labels: blocksOf(before, "labels"),
    ...networking(before, part(found, "NetworkSettings"), flagOf(state, "Running")),
    ...configuration(part(found, "Config")),
    ...resources(part(found, "HostConfig")),
    ...host(before, part(found, "HostConfig")),
  };
}

function part(found: PropertyMap, name: string): PropertyMap {
  return blockOf(found, name) ?? {};
}

function configuration(found: PropertyMap): PropertyMap {
  return {
    hostname: wordOf(found, "Hostname"),
    domainname: wordOf(found, "Domainname"),
    command: textsOf(found, "Cmd"),
    entrypoints: textsOf(found, "Entrypoint"),
    user: wordOf(found, "User"),
    workingDir: wordOf(found, "WorkingDir"),
    tty: flagOf(found, "Tty"),
    stdinOpen: flagOf(found, "OpenStdin"),
    stopSignal: wordOf(found, "StopSignal"),
    stopTimeout: numberOf(found, "StopTimeout"),
    ...healthcheck(blockOf(found, "Healthcheck")),
  };
}

function healthcheck(found: PropertyMap | undefined): PropertyMap {
  if (found === undefined) return {};
  const duration = (name: string) => formatDuration(numberOf(found, name));
  return {
    healthcheck: {
      tests: textsOf(found, "Test"),
      interval: duration("Interval"),
      timeout: duration("Timeout"),
      startPeriod: duration("StartPeriod"),
      startInterval: duration("StartInterval"),
      retries: numberOf(found, "Retries"),
    },
  };
}

function networking(before: PropertyMap, found: PropertyMap, running: boolean): PropertyMap {
  const networks = Object.entries(part(found, "Networks")).flatMap(([name, network]) =>
    isMap(network)
      ? {
          networkName: name,
          ipAddress: wordOf(network, "IPAddress"),
          ipPrefixLength: numberOf(network, "IPPrefixLen"),
          gateway: wordOf(network, "Gateway"),
          globalIpv6Address: wordOf(network, "GlobalIPv6Address"),
          globalIpv6PrefixLength: numberOf(network, "GlobalIPv6PrefixLen"),
          ipv6Gateway: wordOf(network, "IPv6Gateway"),
          macAddress: wordOf(network, "MacAddress"),
        }
      : [],
  );
  // Docker names no ports of a container that has ended; the provider leaves them alone where it may have ended.
  const reads = blocksOf(before, "ports").length > 0 && (running || flagOf(before, "mustRun"));
  return {
    bridge: wordOf(found, "Bridge"),
    networkDatas: networks,
    ...(reads ? { ports: ports(part(found, "Ports")) } : {}),
  };
}

function ports(found: PropertyMap): PropertyMap[] {
  return Object.keys(found)
    .map((key) => ({ key, internal: Number(key.split("/")[0]), protocol: key.split("/")[1] ?? "tcp" }))
    .sort((a, b) => a.internal - b.internal)
    .flatMap(({ key, internal, protocol }) =>
      blocksOf(found, key).map((binding) => ({
        internal,
        external: Number(wordOf(binding, "HostPort")),
        ip: wordOf(binding, "HostIp"),
        protocol,
      })),
    );
}

function resources(found: PropertyMap): PropertyMap {
  const megabytes = (name: string) => Math.trunc(numberOf(found, name) / MEGABYTE);
  const swap = numberOf(found, "MemorySwap");
  const processors = numberOf(found, "NanoCpus") / 1e9;
  return {
    memory: megabytes("Memory"),
    memoryReservation: megabytes("MemoryReservation"),
    memorySwap: swap > 0 ? megabytes("MemorySwap") : swap,
    shmSize: megabytes("ShmSize"),
    ...(processors > 0 ? { cpus: String(processors) } : {}),
    cpuShares: numberOf(found, "CpuShares"),
    cpuSet: wordOf(found, "CpusetCpus"),
  };
}

function host(before: PropertyMap, found: PropertyMap): PropertyMap {
  const adds = textsOf(found, "CapAdd").sort();
  const drops = textsOf(found, "CapDrop").sort();
  const policy = part(found, "RestartPolicy");
  const log = part(found, "LogConfig");
  return {
    rm: flagOf(found, "AutoRemove"),
    readOnly: flagOf(found, "ReadonlyRootfs"),
    privileged: flagOf(found, "Privileged"),
    publishAllPorts: flagOf(found, "PublishAllPorts"),
    init: flagOf(found, "Init"),
    restart: wordOf(policy, "Name"),
    maxRetryCount: numberOf(policy, "MaximumRetryCount"),
    runtime: wordOf(found, "Runtime"),
    networkMode: wordOf(found, "NetworkMode"),
    usernsMode: wordOf(found, "UsernsMode"),
    ipcMode: wordOf(found, "IpcMode"),
    ...(textOf(before, "pidMode") === undefined ? {} : { pidMode: wordOf(found, "PidMode") }),
    dns: textsOf(found, "Dns"),
    dnsOpts: textsOf(found, "DnsOptions"),
    dnsSearches: textsOf(found, "DnsSearch"),
    groupAdds: textsOf(found, "GroupAdd"),
    securityOpts: textsOf(found, "SecurityOpt"),
    ...(adds.length + drops.length > 0 ? { capabilities: { adds, drops } } : {}),
    tmpfs: mapOf(found, "Tmpfs") ?? {},
    sysctls: mapOf(found, "Sysctls") ?? {},
    storageOpts: mapOf(found, "StorageOpt") ?? {},
    logDriver: wordOf(log, "Type"),
    logOpts: blockOf(before, "logOpts") === undefined ? {} : (mapOf(log, "Config") ?? {}),
    hosts: textsOf(found, "ExtraHosts").map((line) => ({
      host: line.split(":", 1)[0] ?? "",
      ip: line.slice(line.indexOf(":") + 1),
    })),
    mounts: blocksOf(found, "Mounts").map(mount),
    ulimits: blocksOf(found, "Ulimits").map((ulimit) => ({
      name: wordOf(ulimit, "Name"),
      soft: numberOf(ulimit, "Soft"),
      hard: numberOf(ulimit, "Hard"),
    })),
  };
}

function mount(found: PropertyMap): PropertyMap {
  const bind = blockOf(found, "BindOptions");
  const volume = blockOf(found, "VolumeOptions");
  const tmpfs = blockOf(found, "TmpfsOptions");
  return {
    target: wordOf(found, "Target"),
    source: wordOf(found, "Source"),
    type: wordOf(found, "Type"),
    readOnly: flagOf(found, "ReadOnly"),
    bindOptions: bind ? { propagation: wordOf(bind, "Propagation") } : null,
    volumeOptions: volume ? volumeOptions(volume) : null,
    tmpfsOptions: tmpfs ? { sizeBytes: numberOf(tmpfs, "SizeBytes"), mode: numberOf(tmpfs, "Mode") } : null,
  };
}

function volumeOptions(found: PropertyMap): PropertyMap {
  const driver = part(found, "DriverConfig");
  return {
    noCopy: flagOf(found, "NoCopy"),
    labels: ordered({}, labelBlocks(mapOf(found, "Labels"))),
    driverName: wordOf(driver, "Name"),
    driverOptions: mapOf(driver, "Options") ?? null,
    subpath: wordOf(found, "Subpath"),
  };
}
