import type { NetworkNames } from "../network/networks";
import type { HostName } from "./name";

/** A file that is put on a host before its script runs. */
export interface Delivery {
  /** Path on this machine. */
  readonly from: string;
  /** Directory and name on the host. */
  readonly directory: string;
  readonly name: string;
  readonly mode: number;
}

/** A machine of the lab as plain data. */
export interface LabHost {
  readonly name: HostName;
  readonly image: string;
  /** Its address in each network it is attached to; the first is the one it is created in. */
  readonly attachments: readonly { readonly network: keyof NetworkNames; readonly address: string }[];
  /** The gateway its default route goes through after boot; empty: Docker's own. */
  readonly route: string;
  /** The name server in its resolv.conf; empty: Docker's own. */
  readonly nameserver: string;
  /** The user the operator logs in as; empty: it runs no sshd. */
  readonly login: string;
  /** Kept apart from the container's file system: a Docker engine inside cannot stack its layers on those of another. */
  readonly volumes: readonly string[];
  readonly deliveries: readonly Delivery[];
  /** The script in `scripts/` that makes it what it is, and its parameters; undefined: only the common part. */
  readonly role?: { readonly script: string; readonly parameters: Readonly<Record<string, string>> };
}
