/** Ports of the site: HTTP (ACME challenge, redirect) and HTTPS. */
export const SITE_PORTS = [80, 443] as const;

/** Port of admin and dashboard: at home, or for an ssh forward. */
export const ADMIN_PORT = 8443;

/** Port of a server on which its proxy answers the ingress, and nobody else. */
export const INNER_PORT = 8444;

/** Port of the database, in its container and on its host (IANA). */
export const POSTGRES_PORT = 5432;
