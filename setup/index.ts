/** What `npm run init` asks, looks at and writes: the first settings of a stack. */
export { Asker } from "./asker";
export type { Flags } from "./asker";
export { refuseUnfit } from "./fitness";
export { lookAt } from "./machine-look";
export type { MachineLook } from "./machine-look";
export { askMachine } from "./machine-question";
export { raspberryPis } from "./nearby";
export { natOf } from "./nat";
export { askPrivateKey } from "./private-key-question";
export { answersIn, USERS, withAnswers } from "./stack-file";
export type { Answers, MachineAnswers } from "./stack-file";
export { askZone } from "./zone-question";
