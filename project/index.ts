/** Somebody's Django project: what its files say of it, and an image for it where it has no Dockerfile. */
export { inspectProject } from "./inspect";
export type { Project } from "./inspect";
export { buildFiles, projectPython } from "./build-files";
export type { BuildFiles } from "./build-files";
export { dockerfileFacts } from "./dockerfile-facts";
export type { DockerfileFacts } from "./dockerfile-facts";
export type { ComposeService } from "./process-files";
export type { Variable } from "./variables";
