import { HostAddress } from "../../settings/host-address";
import { ProbeResult } from "./probe";

/** A machine as this stack reaches it. */
export interface Machine {
  readonly address: HostAddress;
  /** The stack that owns what is put there, `project/stack`. */
  readonly owner: string;
  /** Path of the file with the pinned host keys, for OpenSSH. */
  readonly knownHostsFile: string;
}

/** A machine, and what the probe saw there just now. */
export interface ProbedMachine extends Machine {
  readonly probe: ProbeResult;
}
