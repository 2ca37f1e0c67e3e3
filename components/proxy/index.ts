/** Traefik: entry points, routes and certificates, on the machine where TLS ends and on the servers behind it. */
export { ROUTES, certificateLeftovers, certificateNames } from "./certificate-watch";
export { INNER_NAME, innerContainer, innerProxy } from "./inner-proxy";
export { InternalAuthority } from "./internal-authority";
export type { IssuedCertificate } from "./internal-authority";
export { expectedPorts } from "./proxy";
export type { Proxy } from "./proxy";
export type { PublicEntry } from "./public-entry";
export { publicProxy } from "./public-proxy";
export { markOf } from "./route-mark";
export { renderInnerRoute, renderRoute } from "./routes";
export type { Backend, HealthCheck, Route } from "./routes";
export { PUBLIC_PORTS, Traefik, traefikThings } from "./traefik";
export type { TraefikArgs } from "./traefik";
