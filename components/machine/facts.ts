import { Fact, readAnswers, THING_KINDS } from "./protocol";

/** The condition of a thing that is as it should be. */
const WELL = "well";

/** The fault of a thing that is not there. */
export const MISSING = "is missing";

/** A program that listens on a host. */
export interface Listener {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  /** `sshd`; `homeport NAME` for a container of ours, `container NAME` for another's, `wireguard INTERFACE`, `kernel`. */
  readonly program: string;
}

/** What a stack has in a host's Docker. */
export interface Thing {
  readonly kind: (typeof THING_KINDS)[number];
  /** Name of the resource that makes it. */
  readonly resource: string;
  /** Its own; the resource's where it is missing. */
  readonly name: string;
  /** What is wrong with it, a sentence without its subject, such as `is exited`; undefined: nothing. */
  readonly fault?: string;
}

/** The certificate status of one of an application's names: `www.example.org: issued by R10 until 2026-12-24 10:00 UTC`. */
export interface CertificateFact {
  readonly app: string;
  readonly status: string;
}

/** Facts about a machine. Unknown ones are undefined or empty. */
export interface Facts {
  /** True once a stack has been applied to the host. */
  readonly deployed: boolean;
  /** Names of this stack's bundles on the machine. */
  readonly bundles: readonly string[];
  readonly system?: { readonly id: string; readonly version: string; readonly name: string };
  /** dpkg's architecture (`armhf`) and the kernel's (`aarch64`). */
  readonly processor?: { readonly programs: string; readonly kernel: string };
  /** Platforms whose programs start, natively or emulated. */
  readonly runs: readonly string[];
  readonly free: readonly { readonly megabytes: number; readonly path: string }[];
  readonly listeners: readonly Listener[];
  /** Other active firewalls: `ufw`, `firewalld`. */
  readonly firewalls: readonly string[];
  /** Foreign catch-all drop and reject rules: `iptables INPUT -j REJECT`. */
  readonly rejects: readonly string[];
  /** Foreign NAT rules: `iptables POSTROUTING -o wg0 -j MASQUERADE`, or `nft inet mine post 5 masquerade` where 5 is the handle to delete it by. */
  readonly nat: readonly string[];
  /** Foreign WireGuard: configurations in /etc/wireguard, and interfaces. */
  readonly tunnels: { readonly files: readonly string[]; readonly interfaces: readonly string[] };
  /** Whether the distribution's nftables.service is enabled. */
  readonly nftablesService: boolean;
  readonly docker: boolean;
  /** Where Docker keeps its data, or would. */
  readonly dockerData: string;
  /** Text of daemon.json; undefined: there is none. */
  readonly dockerSettings?: string;
  /** Of the running dockerd. */
  readonly dockerArguments: string;
  readonly dockerContexts: readonly { readonly user: string; readonly name: string }[];
  /** What the login shell printed before the answer; empty: nothing, as it should. */
  readonly greeting: string;
  /** Whether Docker should have said what it has of ours, and did not. */
  readonly dockerSilent: boolean;
  /** Packages that conflict with ours. */
  readonly packages: readonly string[];
  /** Undefined: memory limits work. Otherwise the file with the kernel's command line. */
  readonly noMemoryLimits?: string;
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly dynamic: boolean }[];
  /** Seconds by which the host's clock is ahead of the workstation's. */
  readonly clockAhead?: number;
  /** This stack's things in Docker; empty where Docker does not answer. */
  readonly things: readonly Thing[];
  readonly certificates: readonly CertificateFact[];
  /** What the last run of each backup there came to. */
  readonly backups: readonly BackupFact[];
  /** The other ends of our tunnels. */
  readonly peers: readonly TunnelPeer[];
  /** Megabytes: all, what is available to programs, and what the containers that serve use. */
  readonly memory?: { readonly total: number; readonly available: number; readonly serving: number };
  /** Why a restart is pending; undefined: it is not. */
  readonly reboot?: string;
  /** Security updates that are not installed; undefined: not asked. */
  readonly updates?: number;
}

/** What the last run of a backup came to. */
export interface BackupFact {
  readonly app: string;
  readonly good: boolean;
  /** Seconds of the epoch. */
  readonly at: number;
  readonly text: string;
}

/** The other end of a tunnel. */
export interface TunnelPeer {
  readonly interface: string;
  /** `HOST:PORT`, or `(none)`. */
  readonly endpoint: string;
  /** Seconds since the last handshake; undefined: there was none. */
  readonly age?: number;
  /** Whether a ping through the tunnel is answered; undefined: not asked. */
  readonly answers?: boolean;
}

/** Where Docker keeps its data by default. */
export const DOCKER_DATA = "/var/lib/docker";

/** Reads the facts from the output of `scripts/probe.sh`; `now`: the workstation's clock at that time, in seconds. */
export function readFacts(text: string, owner: string, now: number): Facts {
  const { lines, facts: all } = readAnswers(text);
  const facts = <K extends Fact["word"]>(kind: K): Extract<Fact, { word: K }>[] =>
    all.filter((fact): fact is Extract<Fact, { word: K }> => fact.word === kind);
  const bundles = lines.filter((line) => line.word === "bundle");
  const tunnels = (what: "file" | "interface"): string[] =>
    facts("tunnel")
      .filter(({ kind }) => kind === what)
      .map(({ name }) => name);
  const [system] = facts("os");
  const [processor] = facts("arch");
  const [limits] = facts("memory-cgroup");
  const [clock] = facts("clock");
  const [data] = facts("docker-data");
  const [settings] = facts("docker-settings");
  const [memory] = facts("memory");
  const [reboot] = facts("reboot");
  const [updates] = facts("updates");
  return {
    deployed: bundles.some(({ name }) => name === "base"),
    bundles: bundles.filter((bundle) => bundle.owner === owner).map(({ name }) => name),
    ...(system === undefined ? {} : { system: { id: system.id, version: system.version, name: system.name } }),
    ...(processor === undefined ? {} : { processor: { programs: processor.programs, kernel: processor.kernel } }),
    runs: facts("runs").map(({ platform }) => platform),
    free: facts("free").map(({ megabytes, path }) => ({ megabytes, path })),
    listeners: facts("listener").map(readListener),
    firewalls: facts("firewall").map(({ name }) => name),
    rejects: facts("reject").map(({ rule }) => rule),
    nat: facts("nat").map(({ rule }) => rule),
    tunnels: { files: tunnels("file"), interfaces: tunnels("interface") },
    nftablesService: facts("nftables-service").length > 0,
    docker: facts("docker").some(({ state }) => state === "running"),
    dockerSilent: facts("docker").some(({ state }) => state === "silent"),
    dockerData: data?.path ?? DOCKER_DATA,
    ...(settings === undefined ? {} : { dockerSettings: settings.json }),
    dockerArguments: facts("docker-arguments")
      .map(({ words }) => words)
      .join(" "),
    dockerContexts: facts("docker-context").map(({ user, name }) => ({ user, name })),
    greeting: greetingIn(text),
    packages: facts("package").map(({ name }) => name),
    ...(limits === undefined ? {} : { noMemoryLimits: limits.file }),
    addresses: facts("address").map(({ interface: name, address, kind }) => ({
      interface: name,
      address,
      dynamic: kind === "dynamic",
    })),
    ...(clock === undefined ? {} : { clockAhead: Math.round(clock.seconds - now) }),
    things: facts("thing")
      .filter((thing) => thing.owner === owner)
      .map(({ kind, resource, name, condition }) => ({
        ...{ kind, resource, name },
        ...(condition === WELL ? {} : { fault: condition }),
      })),
    backups: facts("backup").map(({ app, state, at, text }) => ({ app, good: state === "good", at, text })),
    certificates: facts("certificate").map(({ app, status }) => ({ app, status })),
    peers: facts("peer").map(readPeer),
    ...(memory === undefined
      ? {}
      : { memory: { total: memory.total, available: memory.available, serving: memory.serving } }),
    ...(reboot === undefined ? {} : { reboot: reboot.reason.trim() }),
    ...(updates === undefined ? {} : { updates: updates.count }),
  };
}

function readPeer({ interface: name, endpoint, age, answers }: Extract<Fact, { word: "peer" }>): TunnelPeer {
  return {
    ...{ interface: name, endpoint },
    ...(age === "never" ? {} : { age }),
    ...(answers === "-" ? {} : { answers: answers === "yes" }),
  };
}

function readListener({ at, address, program }: Extract<Fact, { word: "listener" }>): Listener {
  const [port, protocol] = at.split("/");
  return { port: Number(port), protocol: protocol === "udp" ? "udp" : "tcp", address, program };
}

// Between the probe's first line and the host's.
function greetingIn(text: string): string {
  const [, ...lines] = text.split("\n");
  const end = lines.findIndex((line) => line.startsWith("machine "));
  return lines.slice(0, Math.max(end, 0)).find((line) => line.trim() !== "") ?? "";
}
