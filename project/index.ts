/** Somebody's Django project: what its files say of it, and an image for it where it has no Dockerfile. */
export { inspectProject } from "./inspect";
export type { Project } from "./inspect";
export { buildFiles, projectPython } from "./build-files";
export { proposal } from "./proposal";
export type { Proposal, ProposedLine } from "./proposal";
