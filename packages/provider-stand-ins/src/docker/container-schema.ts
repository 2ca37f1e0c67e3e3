import { durationFault } from "./duration";
import type { Block, ResourceSchema } from "./schema";
import { atLeast, filledIn, flag, LABEL, list, map, matches, number, replaces, set, text } from "./schema";

/** The Terraform provider's time limit for each operation on a container: 20 minutes in nanoseconds. */
const LIMIT = 20 * 60 * 1e9;

const positive = { check: atLeast(0) };
const duration = { default: "0s", check: durationFault };

const THROTTLE: Block = { path: text({ required: true }), rate: number({ required: true, ...positive }) };

const MOUNT: Block = {
  target: text({ required: true }),
  source: text(),
  type: text({ required: true, check: matches("^(bind|volume|tmpfs)$") }),
  readOnly: flag(),
  bindOptions: list(
    { one: true },
    { propagation: text({ check: matches("^(private|rprivate|shared|rshared|slave|rslave)$") }) },
  ),
  volumeOptions: list(
    { one: true },
    {
      noCopy: flag(),
      labels: set({}, LABEL),
      driverName: text(),
      driverOptions: map(),
      subpath: text(replaces),
    },
  ),
  tmpfsOptions: list({ one: true, ...replaces }, { sizeBytes: number(), mode: number() }),
};

const VOLUME: Block = {
  fromContainer: text(replaces),
  containerPath: text(replaces),
  hostPath: text({
    ...replaces,
    check: (value) =>
      typeof value !== "string" || /^[a-zA-Z]:[\\/]|^\//.test(value)
        ? undefined
        : `'${value}' must be an absolute path`,
  }),
  volumeName: text(replaces),
  readOnly: flag(replaces),
  selinuxRelabel: text({ ...replaces, check: matches("^(z|Z)$") }),
};

const PORT: Block = {
  internal: number({ required: true, ...replaces }),
  external: number(filledIn),
  ip: text({ default: "0.0.0.0", ...replaces }),
  protocol: text({ default: "tcp", ...replaces }),
};

const NETWORK: Block = {
  name: text({ required: true, ...replaces }),
  aliases: set(replaces),
  ipv4Address: text(replaces),
  ipv6Address: text(replaces),
  linkLocalIps: set(replaces),
  macAddress: text(replaces),
  driverOpts: set(replaces),
  gwPriority: number({ ...replaces, ...positive }),
};

const NETWORK_DATA: Block = {
  networkName: text(),
  ipAddress: text(),
  ipPrefixLength: number(),
  gateway: text(),
  globalIpv6Address: text(),
  globalIpv6PrefixLength: number(),
  ipv6Gateway: text(),
  macAddress: text(),
};

const UPLOAD: Block = {
  content: text(replaces),
  contentBase64: text(replaces),
  file: text({ required: true, ...replaces }),
  executable: flag({ default: false, ...replaces }),
  permissions: text({ ...replaces, check: matches("^0[0-7]{3}$") }),
  source: text(replaces),
  sourceHash: text(replaces),
};

const HEALTHCHECK: Block = {
  tests: list({ terraform: "test" }),
  interval: text(duration),
  timeout: text(duration),
  startPeriod: text(duration),
  startInterval: text(duration),
  retries: number({ default: 0, ...positive }),
};

const DEVICE_REQUEST: Block = {
  driver: text({ default: "cdi", ...replaces }),
  count: number({ default: 0, ...replaces }),
  deviceIds: set(replaces),
  capabilities: set(replaces),
  options: map(replaces),
};

/**
 * docker_container of the Terraform provider under pulumi-docker 5.2.0. `mounts`, `tmpfs` and `healthcheck` are as they are
 * there: a changed element is an update that nothing carries out, though one more mount replaces the container.
 */
export const CONTAINER: ResourceSchema = {
  version: 2,
  timeouts: { create: LIMIT, delete: LIMIT, update: LIMIT },
  deleteBeforeReplace: true,
  attributes: {
    attach: flag({ default: false }),
    bridge: text({ computed: true }),
    capabilities: set(
      { one: true, ...replaces },
      { adds: set({ ...replaces, terraform: "add" }), drops: set({ ...replaces, terraform: "drop" }) },
    ),
    cgroupParent: text(replaces),
    cgroupnsMode: text(replaces),
    command: list(filledIn),
    containerLogs: text({ computed: true }),
    containerReadRefreshTimeoutMilliseconds: number({ default: 15000 }),
    cpuPeriod: number(positive),
    cpuQuota: number(positive),
    cpuSet: text({ check: matches("^\\d+([,-]\\d+)*$") }),
    cpuShares: number(positive),
    cpus: text(replaces),
    destroyGraceSeconds: number(),
    deviceReadBps: set({}, THROTTLE),
    deviceReadIops: set({}, THROTTLE),
    deviceRequests: set(replaces, DEVICE_REQUEST),
    deviceWriteBps: set({}, THROTTLE),
    deviceWriteIops: set({}, THROTTLE),
    devices: set(replaces, {
      hostPath: text({ required: true, ...replaces }),
      containerPath: text(replaces),
      permissions: text({ default: "rwm", ...replaces }),
    }),
    dns: set(replaces),
    dnsOpts: set(replaces),
    dnsSearches: set({ ...replaces, terraform: "dns_search" }),
    domainname: text(replaces),
    entrypoints: list({ ...filledIn, terraform: "entrypoint" }),
    envs: set({ ...filledIn, terraform: "env" }),
    exitCode: number({ computed: true }),
    gpus: text(replaces),
    groupAdds: set({ ...replaces, terraform: "group_add" }),
    healthcheck: list({ one: true, computed: true }, HEALTHCHECK),
    hostname: text(filledIn),
    hosts: set(
      { ...replaces, terraform: "host" },
      { ip: text({ required: true, ...replaces }), host: text({ required: true, ...replaces }) },
    ),
    image: text({ required: true, ...replaces }),
    init: flag({ computed: true }),
    ipcMode: text(filledIn),
    labels: set(filledIn, LABEL),
    logDriver: text(filledIn),
    logOpts: map(replaces),
    logs: flag({ default: false }),
    maxRetryCount: number(),
    memory: number(positive),
    memoryReservation: number({ default: 0, ...positive }),
    memorySwap: number({ check: atLeast(-1) }),
    mounts: set(replaces, MOUNT),
    mustRun: flag({ default: true }),
    name: text({ required: true, ...replaces }),
    networkDatas: list({ computed: true, terraform: "network_data" }, NETWORK_DATA),
    networkMode: text({ default: "bridge", ...replaces }),
    networksAdvanced: set(replaces, NETWORK),
    pidMode: text(replaces),
    platform: text(filledIn),
    ports: list(replaces, PORT),
    privileged: flag(replaces),
    publishAllPorts: flag(replaces),
    readOnly: flag({ default: false, ...replaces }),
    removeVolumes: flag({ default: true }),
    restart: text({ default: "no", check: matches("^(no|on-failure|always|unless-stopped)$") }),
    rm: flag({ default: false }),
    runtime: text(filledIn),
    securityOpts: set(filledIn),
    shmSize: number({ ...filledIn, ...positive }),
    start: flag({ default: true }),
    stdinOpen: flag({ default: false, ...replaces }),
    stopSignal: text(filledIn),
    stopTimeout: number(filledIn),
    storageOpts: map(replaces),
    sysctls: map(replaces),
    tmpfs: map(),
    tty: flag({ default: false, ...replaces }),
    ulimits: set(
      { ...replaces, terraform: "ulimit" },
      {
        name: text({ required: true, ...replaces }),
        soft: number({ required: true, ...replaces }),
        hard: number({ required: true, ...replaces }),
      },
    ),
    uploads: set({ ...replaces, terraform: "upload" }, UPLOAD),
    user: text({ ...replaces, emptyKeeps: true }),
    usernsMode: text(replaces),
    volumes: set(replaces, VOLUME),
    wait: flag({ default: false }),
    waitTimeout: number({ default: 60 }),
    workingDir: text({ ...replaces, emptyKeeps: true }),
  },
};
