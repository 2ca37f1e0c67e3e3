/** A site on machines of its own stack or of another one: what the machines are observed to be, what each becomes, and the stack's outputs. */
export { guestMachines, observeGuest } from "./guest-machines";
export { outputs } from "./outputs";
export { ownMachines } from "./own-machines";
export { observeOwn } from "./own-observation";
export { givenAddresses, readPreviousState } from "./previous-state";
export type { PreviousState } from "./previous-state";
export { sharedHostOutput, sharedHostText } from "./shared-host";
export type { SharedHost } from "./shared-host";
export { lookAtSite, siteLines, siteProblems } from "./site-look";
export type { SiteHost } from "./site-host";
export { stackNames } from "./stack-names";
export type { StackNames } from "./stack-names";
