/** A Linux machine as a value: its desired state, the bundle that applies it, the probe that finds drift, and the way there by ssh. */
export { asRoot, bundleCommand } from "./bundle-command";
export {
  commandConnection,
  interactiveOptions,
  jumpOptions,
  loginOf,
  opensshOptions,
  SHORT_CONNECT,
} from "./connection";
export { DriftMarker } from "./drift-marker";
export { readFacts } from "./facts";
export type { BackupFact, CertificateFact, Facts, Thing } from "./facts";
export type { HostAccess } from "./host-access";
export { EMPTY_SPEC, mergeSpecs } from "./host-spec";
export type { Check, HostFile, HostSpec, Watch } from "./host-spec";
export { Host } from "./host";
export type { HostPart } from "./host";
export { madeBy, repairOf } from "./repair";
export type { Machine } from "./machine";
export { managed } from "./managed";
export { readObservation } from "./observation";
export { readFailure } from "./ssh-failure";
export type { Expectation, ExpectedPort } from "./preflight";
export { preflight } from "./preflight";
export { driftOf, probe } from "./probe";
export { unreachedMessage } from "./probe-failure";
export type { ProbedMachine } from "./probe";
export { hostScript, nodeScript, script } from "./scripts";
export { refuseDeadAgent } from "./ssh-agent";
export { sshEnvironment } from "./ssh-environment";
export { securityUpdates } from "./security-updates";
export type { UpdateSettings } from "./security-updates";
export { sshdChecks, sshdFiles } from "./sshd";
export { renderSysctl } from "./sysctl";
export { renderUnit } from "./systemd-unit";
