/** What a stack's configuration may say, and the only reader of it. */
export { CLEANERS, MEMORY_PARTS, databaseLoad, maxConnections, sortMemory } from "./database-connections";
export { VERSIONS, VERSIONS_FILE } from "./default-images";
export { hostKeyOf } from "./host-key";
export { hostAddress, loginFacts } from "./host-address";
export type { HostAddress, Login } from "./host-address";
export { loadSettings } from "./load";
export { EDGE_NAME } from "./machines";
export { isGuest } from "./settings";
export type { GuestSettings, ServerSettings, Settings, SiteSettings } from "./settings";
export { hostName } from "./values";
