import { HostAddress } from "../../settings";

/** A machine as this stack reaches it. */
export interface Machine {
  readonly address: HostAddress;
  /** The stack that owns what is applied there, `project/stack`. */
  readonly owner: string;
  /** Path of the known_hosts file with the pinned host keys. */
  readonly knownHostsFile: string;
}
