/**
 * The only reader of Pulumi's own files: a stack's state, its outputs and its locks. Nothing of Pulumi's SDK is loaded here; what needs the engine of a
 * running program is in `in-program.ts`.
 */
export { importState, pulumi, selectedStack } from "./cli";
export { exportState, readByCli } from "./read";
export { givenPassphrase, passphraseFault } from "./passphrase";
export { saltsOf } from "./salts";
export { backendDirectory, stackLocks } from "./locks";
export { nameOf, plainValue, providerList, readState, withoutResources } from "./schema";
export type { StateResource } from "./schema";
