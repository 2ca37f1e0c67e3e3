/** Settings of a public entry point. */
export interface PublicEntry {
  /** Networks whose forwarded headers are trusted; from anywhere else they are removed. */
  readonly trusted: readonly string[];
  /** For a whole request with its body, seconds; undefined: Traefik's default, 60. */
  readonly readTimeoutSeconds?: number | undefined;
  /** Whether paths may have an encoded slash, number sign or percent sign. Default false. */
  readonly encodedPaths?: boolean | undefined;
  /** For an idle connection, seconds; undefined: Traefik's default, 180. */
  readonly idleTimeoutSeconds?: number | undefined;
}

/** The part of an entry point's static configuration that depends on the settings. */
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
