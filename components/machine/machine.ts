import { HostAddress } from "../../settings/host-address";

/** A machine as this stack reaches it. */
export interface Machine {
  readonly address: HostAddress;
  /** The stack that owns what is put there, `project/stack`. */
  readonly owner: string;
  /** Path of the file with the pinned host keys, for OpenSSH. */
  readonly knownHostsFile: string;
}
