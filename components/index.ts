export { appServers } from "./app/app-servers";
export { dataVolume, DjangoApp } from "./app/django-app";
export { externalDatabase } from "./app/external-database";
export { AppSecrets } from "./app/secrets";
export { Dns } from "./dns/dns";
export { answers } from "./site/answers";
export { guestHost } from "./site/guest-host";
export { ownHost } from "./site/own-host";
export type { SiteHost } from "./site/site-host";
