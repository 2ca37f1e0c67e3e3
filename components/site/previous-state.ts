import { ownStack, stackOutputs } from "../../state/in-program";
import { StateOfRecords, stateOfRecords } from "../dns";
import { SharedHost, sharedHostSchema } from "./shared-host";

/** The stack's own state before this run. */
export interface PreviousState {
  /** The stack's machines after its last `up`; undefined where none succeeded yet. */
  readonly host: SharedHost | undefined;
  readonly records: StateOfRecords;
}

/** Reads it, at preview as well. Call it before anything is registered: from then on the engine writes the state. */
export async function readPreviousState(owner: string, dns: { readonly provider: string }): Promise<PreviousState> {
  const [host, records] = await Promise.all([
    previousHost(owner),
    dns.provider === "none" ? { ids: [], commands: [] } : stateOfRecords(),
  ]);
  return { host, records };
}

async function previousHost(owner: string): Promise<SharedHost | undefined> {
  const host = sharedHostSchema.safeParse((await stackOutputs(ownStack()))?.["host"]);
  // A guest's output describes the machines of another stack.
  return host.success && host.data.owner === owner ? host.data : undefined;
}
