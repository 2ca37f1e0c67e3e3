import { Fact, readAnswers } from "./protocol";

/** A program that listens on a host. */
export interface Listener {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  /** `sshd`; `homeport NAME` for a container of ours, `container NAME` for another's, `wireguard INTERFACE`, `kernel`. */
  readonly program: string;
}

/** A container that a deploy has told to serve, and that does not. */
export interface LostContainer {
  readonly app: string;
  readonly name: string;
  /** `missing`, or Docker's word, such as `exited`. */
  readonly state: string;
}

/** What is known of the certificate of a name of an application, such as `www.example.org: issued by R10 until 2026-12-24 10:00 UTC`. */
export interface CertificateFact {
  readonly app: string;
  readonly status: string;
}

/** What a machine is. What could not be found out is undefined or empty. */
export interface Facts {
  /** True once a stack has told the host what to be. */
  readonly told: boolean;
  /** Names of the bundles that the stack itself has there. */
  readonly bundles: readonly string[];
  readonly system?: { readonly id: string; readonly version: string; readonly name: string };
  /** Debian's word for the programs (`armhf`), and the kernel's for the processor (`aarch64`). */
  readonly processor?: { readonly programs: string; readonly kernel: string };
  /** Platforms whose programs start, by the processor or by an emulator. */
  readonly runs: readonly string[];
  readonly free: readonly { readonly megabytes: number; readonly path: string }[];
  readonly listeners: readonly Listener[];
  /** Other firewalls that are on: `ufw`, `firewalld`. */
  readonly firewalls: readonly string[];
  /** Rules of others that drop or reject all that is left, spelled as `iptables INPUT -j REJECT`. */
  readonly rejects: readonly string[];
  /**
   * Rules of others that change addresses, spelled as `iptables POSTROUTING -o wg0 -j MASQUERADE`, or `nft inet mine post 5 masquerade` where 5 is the
   * handle by which nft removes it.
   */
  readonly nat: readonly string[];
  /** WireGuard of others: configurations below /etc/wireguard, and interfaces. */
  readonly tunnels: { readonly files: readonly string[]; readonly interfaces: readonly string[] };
  /** True where the distribution's own nftables.service is enabled. */
  readonly nftablesService: boolean;
  readonly docker: boolean;
  /** Packages that exclude one of ours. */
  readonly packages: readonly string[];
  /** Undefined: containers can be limited in memory. Otherwise the file of the kernel's command line. */
  readonly noMemoryLimits?: string;
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly dynamic: boolean }[];
  /** Seconds by which the host's clock is ahead of the workstation's. */
  readonly clockAhead?: number;
  readonly lostContainers: readonly LostContainer[];
  readonly certificates: readonly CertificateFact[];
}

/** Reads the facts out of what `scripts/probe.sh` wrote; `now`: the workstation's clock when it did, in seconds. */
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
  return {
    told: bundles.some(({ name }) => name === "base"),
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
    docker: facts("docker").length > 0,
    packages: facts("package").map(({ name }) => name),
    ...(limits === undefined ? {} : { noMemoryLimits: limits.file }),
    addresses: facts("address").map(({ interface: name, address, kind }) => ({
      interface: name,
      address,
      dynamic: kind === "dynamic",
    })),
    ...(clock === undefined ? {} : { clockAhead: Math.round(clock.seconds - now) }),
    lostContainers: facts("container")
      .filter((container) => container.owner === owner)
      .map(({ app, name, state }) => ({ app, name, state })),
    certificates: facts("certificate").map(({ app, status }) => ({ app, status })),
  };
}

function readListener({ at, address, program }: Extract<Fact, { word: "listener" }>): Listener {
  const [port, protocol] = at.split("/");
  return { port: Number(port), protocol: protocol === "udp" ? "udp" : "tcp", address, program };
}
