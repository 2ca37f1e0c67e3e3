/**
 * What the lab builds or downloads, each pinned. The Go module proxy decides where it builds: it does not have all versions, and the
 * go.mod beside each says the same number.
 */

/** Pulumi's CLI; the same as `@pulumi/pulumi` in package.json. */
export const PULUMI = "3.250.0";

/** The Node language host of the built CLI: the newest that is a Go module, and it serves CLI and SDK 3.250. */
export const LANGUAGE_HOST = "3.50.0";

/** Traefik 3.7.13 cannot be built from the proxy: its go.mod names a version of lego that is not there. */
export const TRAEFIK = "3.7.12";

/** The ACME server. */
export const PEBBLE = "2.10.1";

/** The object storage. Its releases before lack the public bucket policy, or are not on the proxy. */
export const VERSITYGW = "1.8.0";
