/** What systemd does to a unit when a file that it reads has changed. */
export interface UnitAction {
  readonly unit: string;
  readonly action: "reload" | "restart";
}

/** A file of the host, whole. */
export interface HostFile {
  readonly path: string;
  readonly text: string;
  /** Octal, as in `chmod`. Default 0644. */
  readonly mode?: string;
  /** `user:group`, names or numbers. Default root:root. */
  readonly owner?: string;
  /** The running unit that takes up a changed file. Default: none. */
  readonly onChange?: UnitAction;
  /** True where a mistake could lock the operator out: the change is put back unless a fresh connection confirms it. Default false. */
  readonly guard?: boolean;
  /** True where a program watches it and then reads other files that it names: it is written after all others. Default false. */
  readonly last?: boolean;
}

/** A directory that exists with this mode and owner; removed with the bundle when it is empty. */
export interface HostDirectory {
  readonly path: string;
  /** Default 0755. */
  readonly mode?: string;
  /** Default root:root. */
  readonly owner?: string;
}

/** Live state that is compared as the files are: an nftables table, the peers of a WireGuard interface, a kernel setting, or a routing table with the rules that lead to it. */
export interface Watch extends UnitAction {
  readonly kind: "nft" | "tunnel" | "sysctl" | "route";
  /** `inet homeport`, `wg0`, `net.ipv4.ip_forward` or `26736`. */
  readonly name: string;
}

/** A claim about the host and the shell command that proves it; it is tried for 60 s. */
export interface Check {
  readonly claim: string;
  readonly command: string;
}

/** All that a host is told, as a value: preview, drift, destroy, golden tests and docs read the same. */
export interface HostSpec {
  /** Debian's names. With a `?` behind it, a package is installed only where the distribution has one of that name. */
  readonly packages: readonly string[];
  /** Users that join groups. */
  readonly groups: readonly { readonly group: string; readonly user: string }[];
  readonly directories: readonly HostDirectory[];
  readonly files: readonly HostFile[];
  /** Units that are enabled and running. */
  readonly units: readonly string[];
  readonly watches: readonly Watch[];
  /** Asked after everything, on a connection of its own. */
  readonly checks: readonly Check[];
  /** Asked before anything is changed. */
  readonly needs: readonly Check[];
  /** The containers that serve an application from now on. */
  readonly serves: readonly { readonly app: string; readonly container: string }[];
  /** Paths of files that something on the host writes by itself. They go with the bundle, or when they leave it. */
  readonly leftovers: readonly string[];
  /** Sentences that are printed when the bundle is removed, such as where the data stays. */
  readonly notes: readonly string[];
}

/** A host that is told nothing: the base of the specs. */
export const EMPTY_SPEC: HostSpec = {
  packages: [],
  groups: [],
  directories: [],
  files: [],
  units: [],
  watches: [],
  checks: [],
  needs: [],
  serves: [],
  leftovers: [],
  notes: [],
};

/** Both specs in one. */
export function mergeSpecs(one: HostSpec, other: HostSpec): HostSpec {
  return {
    packages: [...one.packages, ...other.packages],
    groups: [...one.groups, ...other.groups],
    directories: [...one.directories, ...other.directories],
    files: [...one.files, ...other.files],
    units: [...one.units, ...other.units],
    watches: [...one.watches, ...other.watches],
    checks: [...one.checks, ...other.checks],
    needs: [...one.needs, ...other.needs],
    serves: [...one.serves, ...other.serves],
    leftovers: [...one.leftovers, ...other.leftovers],
    notes: [...one.notes, ...other.notes],
  };
}
