/** Who speaks to whom: tunnel addresses, ports and flows, from settings alone. */
export { ADMIN_PORT, INNER_PORT, POSTGRES_PORT, SITE_PORTS } from "./ports";
export { topology } from "./topology";
export type { Flow, Part, Topology } from "./topology";
