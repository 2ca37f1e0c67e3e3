import { exportState, nameOf, readState } from "../../state";
import { ownStack } from "../../state/in-program";

/** The records in the state of this stack. */
export interface KnownRecords {
  /** Their ids. */
  readonly ids: readonly string[];
  /** Names of the state's commands. */
  readonly commands: readonly string[];
}

/** What the state knows, or why it could not be read. */
export type StateOfRecords = KnownRecords | { readonly failure: string };

/**
 * Asks the CLI for the state as it is before this run changes anything: nothing that the program itself can ask distinguishes a record of an earlier state
 * from one of this. `pulumi stack export` takes no lock and needs no passphrase. To be called before anything is registered: from then on the engine writes the state.
 */
export async function stateOfRecords(): Promise<StateOfRecords> {
  try {
    const { resources } = readState(await exportState(ownStack()));
    return {
      ids: resources.flatMap(({ type, id }) => (type === "cloudflare:index/dnsRecord:DnsRecord" ? (id ?? []) : [])),
      commands: resources.filter(({ type }) => type === "command:local:Command").map(({ urn }) => nameOf(urn)),
    };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
