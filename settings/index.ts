/** The schema and the only reader of a stack's configuration. Imports no component. */
export { DatabaseLoad, databaseLoad, leastMemory, maxConnections, sortMemory } from "./database-connections";
export { HostAddress, hostAddress, Login } from "./host-address";
export { loadSettings, readGuestSettings, readSettings } from "./load";
export { Database, GuestSettings, isGuest, ServerSettings, Settings, SiteSettings, Storage } from "./settings";
