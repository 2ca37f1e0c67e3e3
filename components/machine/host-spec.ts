import type { Thing } from "./facts";

/** What systemd does to a unit when a file that it reads changes. */
export interface UnitAction {
  readonly unit: string;
  readonly action: "reload" | "restart";
}

/** A complete file on the host. */
export interface HostFile {
  readonly path: string;
  readonly text: string;
  /** Octal, as in `chmod`. Default 0644. */
  readonly mode?: string;
  /** `user:group`, names or numbers. Default root:root. */
  readonly owner?: string;
  /** The running unit to act on when the file changes. Default: none. */
  readonly onChange?: UnitAction;
  /** True if a mistake could lock the operator out: the change is reverted unless a fresh connection confirms it. Default false. */
  readonly guard?: boolean;
  /**
   * True for a watched file that names other files: it is written last. Traefik rereads certificates, authorities and logins when the file that names
   * them changes, not when they do. In path order, `dynamic/` came before `inner-ca.pem`, and some proxies kept an old authority. Default false.
   */
  readonly last?: boolean;
}

/** A directory with this mode and owner; removed with the bundle if empty. */
export interface HostDirectory {
  readonly path: string;
  /** Default 0755. */
  readonly mode?: string;
  /** Default root:root. */
  readonly owner?: string;
}

/** Live state that is compared like files: an nftables table, a WireGuard interface's peers, a kernel setting, or a routing table with the rules that select it. */
export interface Watch extends UnitAction {
  readonly kind: "nft" | "tunnel" | "sysctl" | "route";
  /** `inet homeport`, `wg0`, `net.ipv4.ip_forward` or `26736`. */
  readonly name: string;
}

/** A claim about the host and the shell command that proves it; retried for 60 s. */
export interface Check {
  readonly claim: string;
  readonly command: string;
}

/** The desired state of a host, as a value: preview, drift, destroy, golden tests and docs all read it. */
export interface HostSpec {
  /** Debian's names. A trailing `?` means: only where the distribution has it. */
  readonly packages: readonly string[];
  /** Users to add to groups. */
  readonly groups: readonly { readonly group: string; readonly user: string }[];
  readonly directories: readonly HostDirectory[];
  readonly files: readonly HostFile[];
  /** Units to enable and start, in this order. */
  readonly units: readonly string[];
  readonly watches: readonly Watch[];
  /** Must succeed at the end, on a new connection. */
  readonly checks: readonly Check[];
  /** Must succeed before anything changes. */
  readonly needs: readonly Check[];
  /** The containers that serve an application after this change. */
  readonly serves: readonly { readonly app: string; readonly container: string }[];
  /** What has to be in the host's Docker beside them, by the names of the resources. */
  readonly things: readonly { readonly kind: Thing["kind"]; readonly name: string }[];
  /** Files that the host itself writes. Removed with the bundle, or when they leave it. */
  readonly leftovers: readonly string[];
  /** Sentences printed when the bundle is removed, such as where the data stays. */
  readonly notes: readonly string[];
}

/** The empty spec. */
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
  things: [],
  leftovers: [],
  notes: [],
};

/** Merges two specs. */
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
    things: [...one.things, ...other.things],
    leftovers: [...one.leftovers, ...other.leftovers],
    notes: [...one.notes, ...other.notes],
  };
}
