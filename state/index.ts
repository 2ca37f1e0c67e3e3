/** The only reader of Pulumi's own files: a stack's state, its outputs and its locks. */
export { exportState, importState, pulumi, readByCli, selectedStack } from "./cli";
export { keptText, stackOutputs } from "./in-program";
export { backendDirectory, stackLocks } from "./locks";
export { nameOf, plainValue, providerList, readState, withoutResources } from "./schema";
export type { StateResource } from "./schema";
