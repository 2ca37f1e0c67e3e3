/** Routers and middlewares, by name, for a file of Traefik's dynamic configuration. */
export interface HttpParts {
  readonly routers: Readonly<Record<string, object>>;
  readonly middlewares: Readonly<Record<string, object>>;
}

/** How large a body a site takes. */
export interface UploadLimit {
  /** Name of the application, unique on the server. */
  readonly app: string;
  /** Entry points that the limit is for. */
  readonly entryPoints: readonly string[];
  /** The rule of the site's names, such as ``(Host(`www.example.org`))``. */
  readonly names: string;
  /** Of 2^20 bytes each. */
  readonly megabytes: number;
}

/** Over every router of a site and under the dashboard's; Traefik orders by the length of the rules otherwise. */
const PRIORITY = 90000;

/** An address that no connection comes from (RFC 919, section 7): whoever asks is refused. */
const NOBODY = "255.255.255.255/32";

/** Methods that bring a body which an application reads. */
const WITH_BODY = "(Method(`POST`) || Method(`PUT`) || Method(`PATCH`))";

/**
 * Refuses what is too large by what the request says of its length, before a byte of the body is taken. Traefik's own limit, the buffering middleware,
 * would keep every upload in memory or on disk until it is whole.
 *
 * A body without a length is refused, too: it may become any size, and Django would take it for empty. That is a body in chunks, and one whose length a
 * client has Traefik remove by naming it in `Connection`, which happens before routers look.
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

// The one middleware of Traefik's that answers with any status and asks nobody.
function answer(status: number): object {
  return { ipAllowList: { sourceRange: [NOBODY], rejectStatusCode: status } };
}

/** A regular expression (RE2 and JavaScript) for the decimal numbers that are larger than a whole number, leading zeros allowed. */
export function largerThan(limit: number): string {
  const digits = String(limit);
  // As long, and larger at the first digit that differs.
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
