/** What `npm run init` asks, looks at and writes: the first settings of a stack. */
export { Asker } from "./asker";
export type { Flags } from "./asker";
export { fingerprint, hostKeysOf, parseHostKey } from "./host-key";
export type { HostKey } from "./host-key";
export { lookAt } from "./machine-look";
export type { MachineLook } from "./machine-look";
export { raspberryPis } from "./nearby";
export { natOf } from "./nat";
export { answersIn, withAnswers } from "./stack-file";
export type { Answers, MachineAnswers } from "./stack-file";
export { zonesOf } from "./zone-search";
