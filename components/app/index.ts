/** The Django application: secrets, image on each server, release, containers, jobs, and the switch of its routes. */
export { DjangoApp } from "./django-app";
export { adapterSummary } from "./gate";
export { SECRETS, SECRET_FILES } from "./contract";
export { appServers } from "./images-on-servers";
export type { Ingress, SiteDatabase, SiteServer } from "./place";
export type { AppFiles } from "./secret-files";
export { AppSecrets } from "./secrets";
export { imageFacts } from "./image-facts";
export type { Values } from "./variables";
export { dataVolume, keptDirectories, volumes } from "./volumes";
