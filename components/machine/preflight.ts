import { littleMemory, littleSpace, Role, space } from "./capacity";
import { cutOff, Openings } from "./cut-off";
import { dockerFaults } from "./docker-setup";
import { Facts } from "./facts";
import { foreignNat } from "./foreign-nat";
import { foreignTunnel } from "./foreign-tunnel";

/** A port that the host will answer or forward. */
export interface ExpectedPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** Name prefix of our program that may hold it. Default: none. */
  readonly holder?: string;
}

/** What a machine should become. */
export interface Expectation {
  readonly role: Role;
  /** Platform of its images. */
  readonly platform?: string;
  /** Address in the settings. */
  readonly address?: string;
  /** Interface of its tunnel. Default: none. */
  readonly tunnel?: string;
  readonly ports: readonly ExpectedPort[];
  /** What its firewall will let in; undefined: it is another stack's. */
  readonly openings?: Openings;
}

/** What the preflight found, a sentence each. */
export interface PreflightResult {
  /** With one of these, nothing may be changed. */
  readonly errors: readonly string[];
  /** What visitors suffer from already, or will at the next deploy; `up` cannot repair it. */
  readonly problems: readonly string[];
  /** Likewise, of the tunnel: where the edge itself is away, that is why. */
  readonly tunnel: readonly string[];
  /** Worth knowing; the deploy goes on. */
  readonly warnings: readonly string[];
}

/** Tested versions by distribution; newer ones pass with a warning. */
const SUPPORTED: Readonly<Record<string, readonly string[]>> = {
  debian: ["12", "13"],
  raspbian: ["12", "13"],
  ubuntu: ["22.04", "24.04"],
};

const SUPPORTED_NAMES = "Debian 12 and 13, Raspberry Pi OS 12 and 13, Ubuntu 22.04 and 24.04";

/** 32-bit architectures of dpkg. */
const NARROW = ["armhf", "armel", "i386"];

/** The platform of a distribution, if no platform program could be started. */
const NATIVE: Readonly<Record<string, string>> = {
  armhf: "linux/arm/v7",
  arm64: "linux/arm64",
  amd64: "linux/amd64",
};

/** Beyond this clock difference, certificates, packages and handshakes start to be refused. Seconds. */
const CLOCK_SECONDS = 300;

/** WireGuard makes new keys every 120 s and gives up after 180 (whitepaper, section 6.1); data passes every 5 s. */
const SILENT_SECONDS = 200;

/**
 * Compares a machine's facts with what it should become. On a deployed host, foreign firewalls and NAT are only warnings, so that `up` can still fix it;
 * what would break a deploy halfway (processor, disk space, clock, ports) is an error there, too.
 */
export function preflight(facts: Facts, expected: Expectation): PreflightResult {
  const always = [
    ...unsupported(facts),
    ...processor(facts, expected),
    ...space(facts, expected),
    ...clock(facts),
    ...(expected.role === "edge" ? [] : dockerFaults(facts)),
    ...takenPorts(facts, expected, expected.role !== "edge" || !facts.deployed),
    ...foreignTunnel(facts, expected.tunnel),
  ];
  const atFirst = [...firewalls(facts, expected), ...foreignNat(facts.nat, expected), ...dockerOnEdge(facts, expected)];
  return {
    errors: [...always, ...(facts.deployed ? [] : atFirst)],
    problems: [...lostData(facts), ...silentDocker(facts), ...littleSpace(facts), ...littleMemory(facts, expected)],
    tunnel: silentTunnel(facts, expected),
    warnings: [
      ...(facts.deployed ? atFirst : changingAddress(facts, expected)),
      ...(expected.openings === undefined ? [] : cutOff(facts, expected.openings)),
      ...newer(facts),
      ...nftablesService(facts),
      ...memoryLimits(facts, expected),
      ...foreignPorts(facts, expected),
      ...pending(facts),
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
  return [`it runs ${system.name}, which is newer than the tested versions (${SUPPORTED_NAMES})`];
}

function processor({ processor: is, runs }: Facts, { platform }: Expectation): string[] {
  if (is === undefined || platform === undefined) return [];
  // The images need ARMv7; Raspbian's armhf also runs on ARMv6.
  const native = is.kernel.startsWith("armv6") ? undefined : NATIVE[is.programs];
  const started = runs.length > 0 ? runs : native === undefined ? [] : [native];
  // A 32-bit Docker runs no 64-bit images, whatever the kernel supports.
  const narrow = NARROW.includes(is.programs);
  const possible = started.filter((one) => !narrow || one === "linux/arm/v7");
  if (possible.includes(platform)) return [];
  const advice =
    possible.length > 0
      ? `set the server's 'platform' to ${possible.join(" or ")}`
      : "use another machine, or install the system that fits its processor";
  const wider = narrow && started.includes(platform) ? ", or install the 64-bit system" : "";
  return [
    `its processor (${is.kernel}, with a system for ${is.programs}) does not run ${platform} in containers: ${advice}${wider}`,
  ];
}

function clock({ clockAhead }: Facts): string[] {
  if (clockAhead === undefined || Math.abs(clockAhead) <= CLOCK_SECONDS) return [];
  return [
    `its clock is ${Math.abs(clockAhead)} s off (${clockAhead > 0 ? "ahead of" : "behind"} this workstation's): ` +
      "set the one that is wrong (timedatectl set-ntp true)",
  ];
}

function takenPorts({ listeners }: Facts, { ports, role }: Expectation, own: boolean): string[] {
  const taken = ports
    // A deployed edge forwards packets before a program of its own would see them.
    .filter(({ holder }) => own || holder !== undefined)
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
  // The firewall's own rules need no separate report.
  if (active.length > 0)
    return active.map(
      (name) =>
        `${name} is active, and would drop what Homeport's firewall accepts: run '${remedies[name] ?? `stop ${name}`}'`,
    );
  // Docker leaves with the proxy, but its FORWARD policy stays.
  const leaving = role === "edge" && hasProxy(listeners);
  return (
    rejects
      // Docker's own, which comes with exceptions.
      .filter((rule) => !(docker && !leaving && /FORWARD policy drop$|^nft ip6? docker-/i.test(rule)))
      // Left by a stopped Docker, as on a removed server. Docker sets the policy where it has to enable forwarding itself, and leaves it when stopped; when
      // it starts again it brings its exceptions.
      .filter((rule) => !(role === "server" && /^iptables FORWARD policy DROP$/.test(rule)))
      .map(rejecting)
  );
}

function rejecting(rule: string): string {
  const [program = "", ...words] = rule.split(" ");
  if (program === "nft") {
    const [family = "", table = ""] = words;
    return `nft table ${family} ${table} rejects what Homeport's firewall accepts (${words.slice(2).join(" ")}): remove it from /etc/nftables.conf, then run 'nft delete table ${family} ${table}'`;
  }
  const [chain = "", ...rest] = words;
  const remedy = rest[0] === "policy" ? `-P ${chain} ACCEPT` : `-D ${words.join(" ")}`;
  return `${program} ${chain} rejects what Homeport's firewall accepts (${rest.join(" ")}): run '${program} ${remedy}', and remove the rule from the file that loads it (/etc/iptables/rules.v4 or rules.v6)`;
}

function dockerOnEdge({ docker, listeners }: Facts, { role }: Expectation): string[] {
  // Docker leaves with our proxy.
  if (role !== "edge" || !docker || hasProxy(listeners)) return [];
  return [
    "Docker runs on the edge, and drops what the edge has to forward: remove it ('systemctl disable --now docker.service docker.socket', then restart the machine), or use another machine",
  ];
}

/** Whether our proxy holds ports of the machine. */
function hasProxy(listeners: Facts["listeners"]): boolean {
  return listeners.some(({ program }) => program.startsWith("homeport "));
}

function lostData({ things }: Facts): string[] {
  return things
    .filter(({ kind, fault }) => kind === "volume" && fault !== undefined)
    .map(
      ({ name }) =>
        `the volume ${name} is gone with what was in it: 'pulumi up' makes an empty one, so put its data back from a backup`,
    );
}

function silentDocker({ dockerSilent }: Facts): string[] {
  return dockerSilent
    ? [
        "its Docker does not say what it runs, so its containers are not known: 'systemctl status docker' there has the reason, 'systemctl restart docker' may help",
      ]
    : [];
}

// At the server alone: the edge would say the same of each.
function silentTunnel({ deployed, peers }: Facts, { role }: Expectation): string[] {
  if (role !== "server" || !deployed) return [];
  return peers
    .filter(({ age, answers }) => answers === false || (answers === undefined && (age ?? Infinity) > SILENT_SECONDS))
    .map(({ interface: name, endpoint, age }) => {
      const port = /:(\d+)$/.exec(endpoint)?.[1];
      return (
        `its tunnel ${name} does not reach the edge (${endpoint}; ${age === undefined ? "no handshake yet" : `last handshake ${age} s ago`}), so no visitor reaches it: ` +
        `let UDP${port === undefined ? "" : ` port ${port}`} in at the VPS's provider (its firewall or security group) and out of the home router; 'wg show' on both machines shows which end hears nothing`
      );
    });
}

// Docker forwards to them before the firewall's input chain.
function foreignPorts({ listeners }: Facts, { role }: Expectation): string[] {
  const open = listeners.filter(({ program, address }) => program.startsWith("container ") && !isLoopback(address));
  if (role === "edge" || open.length === 0) return [];
  const named = [
    ...new Set(
      open.map(({ program, port, protocol }) => `${program.slice("container ".length)} (${port}/${protocol})`),
    ),
  ];
  return [
    `Docker publishes ports of containers that are not Homeport's, past its firewall: ${named.join(", ")}. Publish them on 127.0.0.1 where neighbours and, on a public machine, the internet are not meant to reach them`,
  ];
}

function pending({ reboot, updates = 0 }: Facts): string[] {
  return [
    ...(reboot === undefined
      ? []
      : [`it waits for a restart (${reboot}): restart it when it suits, the site comes back by itself`]),
    ...(updates === 0
      ? []
      : [
          `${updates} security update(s) are not installed: the machine does it within a day (updates.security), 'apt-get update && apt-get upgrade' now`,
        ]),
  ];
}

function nftablesService({ nftablesService: enabled }: Facts): string[] {
  if (!enabled) return [];
  return [
    "nftables.service is enabled, and flushes every table when it is loaded or stopped, Homeport's and Docker's included: run 'systemctl disable nftables.service'",
  ];
}

function memoryLimits({ noMemoryLimits: file }: Facts, { role }: Expectation): string[] {
  if (role === "edge" || file === undefined) return [];
  return [
    `its kernel enforces no memory limits, so one growing container can take the machine down: add 'cgroup_enable=memory cgroup_memory=1' to the single line of ${file === "" ? "the kernel's command line" : file}, then reboot`,
  ];
}

// A reserved address looks the same to the machine, so this warning comes only before the first deploy.
function changingAddress({ addresses }: Facts, { role, address }: Expectation): string[] {
  const own = addresses.find((one) => one.address === address && one.dynamic);
  if (role !== "server" || own === undefined) return [];
  return [
    `its address ${own.address} (${own.interface}) comes by DHCP and can change: reserve it for this machine in the router, or give the machine a fixed one. If it is reserved already, ignore this warning`,
  ];
}
