import { Facts } from "./facts";
import { foreignNat } from "./foreign-nat";
import { foreignTunnel } from "./foreign-tunnel";

/** A port that the host is to answer or forward. */
export interface ExpectedPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** How the name of a program of ours begins that may hold it. Default: none may. */
  readonly holder?: string;
}

/** What a machine is to become. */
export interface Expectation {
  /** `edge`: forwards packets. `proxy`: an edge where TLS ends, in Docker. `server`: runs the application. */
  readonly role: "edge" | "proxy" | "server";
  /** The platform of the images that it is to run. */
  readonly platform?: string;
  /** The address by which it is reached. */
  readonly address?: string;
  /** Interface of the tunnel that it is to have. Default: none is made. */
  readonly tunnel?: string;
  readonly ports: readonly ExpectedPort[];
}

/** What stands against it. */
export interface Findings {
  /** Sentences; with one of these nothing must be changed. */
  readonly faults: readonly string[];
  /** Sentences; a person should know. */
  readonly cautions: readonly string[];
}

/** Versions by distribution on which every part has been seen to work or is the same; newer ones are let through with a word. */
const SUPPORTED: Readonly<Record<string, readonly string[]>> = {
  debian: ["12", "13"],
  raspbian: ["12", "13"],
  ubuntu: ["22.04", "24.04"],
};

const SUPPORTED_NAMES = "Debian 12 and 13, Raspberry Pi OS 12 and 13, Ubuntu 22.04 and 24.04";

/** Debian's words for programs of 32 bits. */
const NARROW = ["armhf", "armel", "i386"];

/** The platform that a distribution is built for, where nothing could be started to find out. */
const NATIVE: Readonly<Record<string, string>> = {
  armhf: "linux/arm/v7",
  arm64: "linux/arm64",
  amd64: "linux/amd64",
};

/** A clock that is off by more than this: certificates, packages and handshakes start to be refused. Seconds. */
const CLOCK_SECONDS = 300;

/**
 * Megabytes that have to be free. On a server at first: Docker's package (400), and the images of Traefik (180) and of an application, twice
 * while it is replaced. On a host that was told before: what an image needs while it is unpacked.
 */
const FREE_MEGABYTES = {
  edge: { first: 256, later: 20 },
  // As a server, without the application.
  proxy: { first: 1024, later: 100 },
  server: { first: 2048, later: 200 },
} as const;

/** Compares what a machine is with what it is to become. A host that was told before is judged mildly: it must stay possible to mend it. */
export function examine(facts: Facts, expected: Expectation): Findings {
  const always = [
    ...unsupported(facts),
    ...processor(facts, expected),
    ...space(facts, expected),
    ...clock(facts),
    ...foreignDocker(facts, expected),
    ...takenPorts(facts, expected, expected.role !== "edge" || !facts.told),
    ...foreignTunnel(facts, expected.tunnel),
  ];
  const atFirst = [...firewalls(facts, expected), ...foreignNat(facts.nat, expected), ...dockerOnEdge(facts, expected)];
  return {
    faults: [...always, ...(facts.told ? [] : atFirst)],
    cautions: [
      ...(facts.told ? atFirst : changingAddress(facts, expected)),
      ...newer(facts),
      ...nftablesService(facts),
      ...memoryLimits(facts, expected),
      ...lostContainers(facts),
    ],
  };
}

function unsupported({ system }: Facts): string[] {
  if (system === undefined) return [];
  const [oldest] = SUPPORTED[system.id] ?? [];
  if (oldest !== undefined && Number(system.version) >= Number(oldest)) return [];
  return [`it runs ${system.name}, which is not supported: install one of ${SUPPORTED_NAMES}`];
}

function newer({ system }: Facts): string[] {
  const newest = SUPPORTED[system?.id ?? ""]?.at(-1);
  if (system === undefined || newest === undefined || Number(system.version) <= Number(newest)) return [];
  return [`it runs ${system.name}, which is newer than what was tried (${SUPPORTED_NAMES})`];
}

function processor({ processor: is, runs }: Facts, { platform }: Expectation): string[] {
  if (is === undefined || platform === undefined) return [];
  // Raspbian's armhf is ARMv6, which the images are not.
  const native = is.kernel.startsWith("armv6") ? undefined : NATIVE[is.programs];
  const started = runs.length > 0 ? runs : native === undefined ? [] : [native];
  // Docker of 32 bits lets nothing of 64 bits run, whatever the kernel can do.
  const narrow = NARROW.includes(is.programs);
  const possible = started.filter((one) => !narrow || one === "linux/arm/v7");
  if (possible.includes(platform)) return [];
  const advice =
    possible.length > 0
      ? `set the server's 'platform' to ${possible.join(" or ")}`
      : "use another machine, or install the system that fits its processor";
  const wider = narrow && started.includes(platform) ? ", or install the system of 64 bits" : "";
  return [
    `its processor (${is.kernel}, with a system for ${is.programs}) does not run ${platform} in containers: ${advice}${wider}`,
  ];
}

function space({ free, told }: Facts, { role }: Expectation): string[] {
  const needed = FREE_MEGABYTES[role][told ? "later" : "first"];
  return free
    .filter(({ path }) => path === (role === "edge" ? "/" : "/var/lib/docker"))
    .filter(({ megabytes }) => megabytes < needed)
    .map(
      ({ megabytes, path }) =>
        `it has only ${megabytes} MB free at ${path}, and ${needed} are needed: make room` +
        (role !== "edge" && told ? " (docker image prune --all removes the images that no container uses)" : ""),
    );
}

function clock({ clockAhead }: Facts): string[] {
  if (clockAhead === undefined || Math.abs(clockAhead) <= CLOCK_SECONDS) return [];
  return [
    `its clock is ${Math.abs(clockAhead)} s off (${clockAhead > 0 ? "ahead of" : "behind"} this workstation's): ` +
      "set the one that is wrong (timedatectl set-ntp true)",
  ];
}

function foreignDocker({ packages }: Facts, { role }: Expectation): string[] {
  if (role === "edge" || !packages.includes("docker-ce")) return [];
  return [
    "its Docker is docker.com's package docker-ce, which the distribution's docker.io would push out: " +
      "save what its containers hold, then 'apt-get remove docker-ce docker-ce-cli containerd.io'",
  ];
}

function takenPorts({ listeners }: Facts, { ports, role }: Expectation, judged: boolean): string[] {
  const taken = ports
    // The edge forwards before a program of its own would see a packet, once it is told.
    .filter(({ holder }) => judged || holder !== undefined)
    .map(({ port, protocol, holder }) => {
      const other = listeners.find(
        (one) =>
          one.port === port &&
          one.protocol === protocol &&
          !(role === "edge" && isLoopback(one.address)) &&
          !(holder !== undefined && one.program.startsWith(holder)),
      );
      return other === undefined ? undefined : { port, protocol, program: other.program };
    });
  return taken
    .filter((one) => one !== undefined)
    .map(
      ({ port, protocol, program }) =>
        `port ${port} is taken by ${program} (${protocol}): stop it, or move it to another port`,
    );
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "[::1]";
}

function firewalls({ firewalls: active, rejects, docker, listeners }: Facts, { role }: Expectation): string[] {
  const remedies: Readonly<Record<string, string>> = {
    ufw: "ufw disable",
    firewalld: "systemctl disable --now firewalld",
  };
  // Their rules need not be told one by one.
  if (active.length > 0)
    return active.map(
      (name) =>
        `${name} is active, and would drop what Homeport's own firewall lets through: '${remedies[name] ?? `stop ${name}`}'`,
    );
  // That goes with the proxy, and its policy stays.
  const leaving = role === "edge" && hasProxy(listeners);
  return (
    rejects
      // Docker's own, which knows its exceptions.
      .filter((rule) => !(docker && !leaving && /FORWARD policy drop$|^nft ip6? docker-/i.test(rule)))
      // What a Docker that was stopped has left, as on a server that was taken out; when it comes back it brings its exceptions.
      .filter((rule) => !(role === "server" && /^iptables FORWARD policy DROP$/.test(rule)))
      .map(rejecting)
  );
}

function rejecting(rule: string): string {
  const [program = "", ...words] = rule.split(" ");
  if (program === "nft") {
    const [family = "", table = ""] = words;
    return `nft table ${family} ${table} rejects what Homeport's own firewall lets through (${words.slice(2).join(" ")}): take it out of /etc/nftables.conf, and 'nft delete table ${family} ${table}'`;
  }
  const [chain = "", ...rest] = words;
  const remedy = rest[0] === "policy" ? `-P ${chain} ACCEPT` : `-D ${words.join(" ")}`;
  return `${program} ${chain} rejects what Homeport's own firewall lets through (${rest.join(" ")}): '${program} ${remedy}', and take it out of the file that loads it (/etc/iptables/rules.v4 or rules.v6)`;
}

function dockerOnEdge({ docker, listeners }: Facts, { role }: Expectation): string[] {
  // The one of a proxy of ours goes with it.
  if (role !== "edge" || !docker || hasProxy(listeners)) return [];
  return [
    "Docker runs on the edge, and drops what the edge is to forward: remove it ('systemctl disable --now docker.service docker.socket', then restart the machine), or use another machine",
  ];
}

/** Whether a proxy of ours has ports of the machine. */
function hasProxy(listeners: Facts["listeners"]): boolean {
  return listeners.some(({ program }) => program.startsWith("homeport "));
}

function nftablesService({ nftablesService: enabled }: Facts): string[] {
  if (!enabled) return [];
  return [
    "nftables.service is enabled: whenever it is loaded or stopped it flushes every table, also those of Homeport and of Docker: 'systemctl disable nftables.service'",
  ];
}

function memoryLimits({ noMemoryLimits: file }: Facts, { role }: Expectation): string[] {
  if (role === "edge" || file === undefined) return [];
  return [
    `its kernel limits no memory, so a container that grows takes the whole machine down: add 'cgroup_enable=memory cgroup_memory=1' to the one line of ${file === "" ? "the kernel's command line" : file}, then restart it`,
  ];
}

// A reserved address looks the same to the machine, so this is said once, before the first deploy.
function changingAddress({ addresses }: Facts, { role, address }: Expectation): string[] {
  const own = addresses.find((one) => one.address === address && one.dynamic);
  if (role !== "server" || own === undefined) return [];
  return [
    `its address ${own.address} (${own.interface}) comes by DHCP: if you have reserved it for this machine in the router, this needs nothing. Otherwise reserve it there, or give the machine a fixed one, because it can change`,
  ];
}

function lostContainers({ lostContainers: lost }: Facts): string[] {
  return lost.map(
    ({ app, name, state }) =>
      `the container ${name} that serves ${app} is ${state}: 'pulumi up --refresh' makes it anew`,
  );
}
