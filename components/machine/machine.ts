import { HostAddress } from "../../settings";

/** A machine as this stack reaches it. */
export interface Machine {
  readonly address: HostAddress;
  /** The stack that owns what is applied there, `project/stack`. */
  readonly owner: string;
}
