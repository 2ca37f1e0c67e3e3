/** Routers and middlewares by name, for Traefik's dynamic configuration. */
export interface HttpParts {
  readonly routers: Readonly<Record<string, object>>;
  readonly middlewares: Readonly<Record<string, object>>;
}

/** A site's limit for request bodies. */
export interface UploadLimit {
  /** Name of the application, unique on the server. */
  readonly app: string;
  /** Entry points with the limit. */
  readonly entryPoints: readonly string[];
  /** The rule of the site's names, such as ``(Host(`www.example.org`))``. */
  readonly names: string;
  /** Of 2^20 bytes each. */
  readonly megabytes: number;
}

/** Above every router of a site and below the dashboard's; by default Traefik orders by rule length. */
export const PRIORITY = 90000;

/** An address that no connection comes from (RFC 919, section 7), so everybody is refused. */
const NOBODY = "255.255.255.255/32";

/** Methods whose body an application reads. */
const WITH_BODY = "(Method(`POST`) || Method(`PUT`) || Method(`PATCH`))";

/**
 * Refuses a too large body by the request's Content-Length, before reading any of it. Traefik's own limit, the buffering middleware, would hold every upload
 * in memory or on disk until it is complete.
 *
 * A body without a length is refused, too: it can become any size, and Django would treat it as empty. That is a chunked body, or one whose Content-Length
 * the client names in `Connection`: Traefik then removes the header before routers match, and forwards the body all the same.
 */
export function uploadLimit({ app, entryPoints, names, megabytes }: UploadLimit): HttpParts {
  const tooLarge = `${app}-too-large`;
  const noLength = `${app}-no-length`;
  const router = (rule: string, middleware: string): object => ({
    entryPoints: [...entryPoints],
    rule: `${names} && ${rule}`,
    priority: PRIORITY,
    middlewares: [middleware],
    service: "noop@internal",
    tls: {},
  });
  return {
    routers: {
      [tooLarge]: router(`HeaderRegexp(\`Content-Length\`, \`${largerThan(megabytes * 2 ** 20)}\`)`, tooLarge),
      [noLength]: router(
        `${WITH_BODY} && HeaderRegexp(\`Content-Type\`, \`.\`) && !HeaderRegexp(\`Content-Length\`, \`.\`)`,
        noLength,
      ),
    },
    middlewares: { [tooLarge]: answer(413), [noLength]: answer(411) },
  };
}

/** A middleware that answers everybody with a status: Traefik's only one that does so on its own. */
export function answer(status: number): object {
  return { ipAllowList: { sourceRange: [NOBODY], rejectStatusCode: status } };
}

/** A regular expression (RE2 and JavaScript) for decimal numbers larger than `limit`, leading zeros allowed. */
export function largerThan(limit: number): string {
  const digits = String(limit);
  // Same length, and larger at the first digit that differs.
  const asLong = digits.split("").flatMap((digit, index) => {
    if (digit === "9") return [];
    const next = Number(digit) + 1;
    return [`${digits.slice(0, index)}${next === 9 ? "9" : `[${next}-9]`}${anyDigits(digits.length - index - 1)}`];
  });
  return `^0*(?:${[`[1-9]\\d{${digits.length},}`, ...asLong].join("|")})$`;
}

function anyDigits(count: number): string {
  return count === 0 ? "" : `\\d{${count}}`;
}
