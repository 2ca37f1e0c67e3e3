/** The lab's domain: `.test` is never delegated (RFC 6761). */
export const DOMAIN = "weblog.test";

/** The id of its zone at the lab's DNS provider; the form is Cloudflare's. */
export const ZONE_ID = "6f1e0c5d4b3a29180706f5e4d3c2b1a0";

/** The names the site answers to. */
export const SITE_HOSTS = [DOMAIN, `www.${DOMAIN}`] as const;

/** The name of the stack that the lab rehearses, as in Pulumi.dev.yaml. */
export const STACK = "dev";

/** The name of the lab's certificate authority in CAA records. */
export const CAA_ISSUER = "acme.test";
