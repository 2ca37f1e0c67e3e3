/** What a stack's configuration may say, and the only reader of it. Imports no component. */
export { DatabaseLoad, databaseLoad, leastMemory, maxConnections, sortMemory } from "./database-connections";
export { HostAddress, hostAddress, Login } from "./host-address";
export { loadSettings, readGuestSettings, readSettings } from "./load";
export { Database, GuestSettings, isGuest, ServerSettings, Settings, SiteSettings, Storage } from "./settings";
