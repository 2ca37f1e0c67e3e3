import { z } from "zod";

import { ownStack, stackOutputs } from "../../state/in-program";
import { StateOfRecords, stateOfRecords } from "../dns";
import { SharedHost, sharedHostOutput } from "./shared-host";

/** The stack's own state before this run. */
export interface PreviousState {
  /** The stack's machines after its last `up`; undefined where none succeeded yet. */
  readonly host: SharedHost | undefined;
  /** The site's first page; undefined where no `up` succeeded yet. */
  readonly url: URL | undefined;
  readonly records: StateOfRecords;
}

/** Reads it, at preview as well. Call it before anything is registered: from then on the engine writes the state. */
export async function readPreviousState(owner: string, dns: { readonly provider: string }): Promise<PreviousState> {
  const [outputs, records] = await Promise.all([
    stackOutputs(ownStack()),
    dns.provider === "none" ? { ids: [], commands: [] } : stateOfRecords(),
  ]);
  const url = z.url().safeParse(outputs?.["url"]);
  return { host: previousHost(outputs, owner), url: url.success ? new URL(url.data) : undefined, records };
}

function previousHost(outputs: Awaited<ReturnType<typeof stackOutputs>>, owner: string): SharedHost | undefined {
  const host = sharedHostOutput.safeParse(outputs?.["host"]);
  // A guest's output describes the machines of another stack.
  return host.success && host.data.owner === owner ? host.data : undefined;
}

/** Addresses that the servers of the last `up` have in the tunnel, by name. */
export function givenAddresses(host: SharedHost | undefined): ReadonlyMap<string, string> {
  const servers = host === undefined ? [] : [host.server, ...host.others];
  return new Map(servers.map(({ name, tunnelAddress }) => [name, tunnelAddress]));
}
