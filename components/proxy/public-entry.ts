/** What differs at a public entry point from site to site. */
export interface PublicEntry {
  /** Networks whose forwarded headers are believed; from anywhere else they are taken off. */
  readonly trusted: readonly string[];
  /** For a whole request with its body, seconds; undefined: Traefik's own, 60. */
  readonly readTimeoutSeconds?: number | undefined;
  /** Of a connection without requests, seconds; undefined: Traefik's own, 180. */
  readonly idleTimeoutSeconds?: number | undefined;
}

/** The part of an entry point of Traefik's static configuration that follows the settings; empty where they say nothing. */
export function publicEntry({ trusted, readTimeoutSeconds, idleTimeoutSeconds }: PublicEntry): object {
  const timeouts = {
    ...(readTimeoutSeconds === undefined ? {} : { readTimeout: `${readTimeoutSeconds}s` }),
    ...(idleTimeoutSeconds === undefined ? {} : { idleTimeout: `${idleTimeoutSeconds}s` }),
  };
  return {
    ...(trusted.length === 0 ? {} : { forwardedHeaders: { trustedIPs: [...trusted] } }),
    ...(Object.keys(timeouts).length === 0 ? {} : { transport: { respondingTimeouts: timeouts } }),
  };
}
