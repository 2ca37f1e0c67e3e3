/**
 * All that knows how Pulumi keeps a state: the CLI that reads it, its JSON, its locks. Nothing of Pulumi's SDK is loaded here; what runs inside the program
 * is in `in-program.ts`.
 */
export { exportState, importState, pulumi, readByCli, selectedStack } from "./cli";
export { backendDirectory, stackLocks } from "./locks";
export { nameOf, plainValue, providerList, readState, withoutResources } from "./schema";
export type { State, StateResource } from "./schema";
