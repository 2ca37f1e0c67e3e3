/** What the composition in `index.ts` is made of. */
export { dataVolume } from "./app/server-with-image";
export { DjangoApp } from "./app/django-app";
export { appServers } from "./app/images-on-servers";
export { AppSecrets } from "./app/secrets";
export { externalDatabase } from "./database/external-database";
export { isProxied } from "./dns/cloudflare-ranges";
export { Dns } from "./dns/dns";
export { guestMachines, observeGuest } from "./site/guest-machines";
export { observeOwn } from "./site/own-observation";
export { outputs } from "./site/outputs";
export { ownMachines } from "./site/own-machines";
export { readPreviousState } from "./site/previous-state";
export type { PreviousState } from "./site/previous-state";
export type { SiteHost } from "./site/site-host";
export type { StackNames } from "./site/stack-names";
export { stackNames } from "./site/stack-names";
