/** A look a minute from every machine, and an alert to whom the settings name. */
export { watches } from "./watches";
export type { WatchedSite } from "./watches";
