/** Docker: engines over ssh, what every container has in common, images and their way to a server. */
export { GRACE_SECONDS, hardened, ownerLabel, RESTART, settingsLabel, withRepair } from "./container";
export { ENGINE_PACKAGES, engineCheck, engineFiles, engineOf, engineSpec } from "./engine";
export { imageSource, imageTransfer } from "./image";
export type { ImageSource } from "./image";
export { lookAtEngine, refuseMissingEngine } from "./workstation-engine";
