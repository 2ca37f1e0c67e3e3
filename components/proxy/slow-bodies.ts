import { HttpParts } from "./upload-limit";

/**
 * Largest body that is read whole before the application is asked, bytes. A form with text stays far below it, and 60 of them at once fit into the proxy's
 * memory.
 */
const WHOLE_BYTES = 999_999;

/** Requests with such a body that one address may have open at a time; a browser has six connections, and a page one form. */
const FORMS_PER_ADDRESS = 20;

/** Larger bodies that visitors may send at a time, all together: each holds a thread of the application until its last byte. */
const UPLOADS = 4;

/** Bytes of an answer to a form that are kept in memory; the rest goes to /tmp. */
const ANSWER_BYTES = 1_048_576;

/** A router that takes bodies from the public. */
export interface BodyRouter {
  readonly entryPoints: readonly string[];
  readonly rule: string;
  readonly service?: string;
  readonly tls: object;
}

/**
 * Keeps slow senders off the application. A visitor who sends a body byte by byte would hold a thread for as long as they like, and a dozen of them the whole site: a
 * body up to WHOLE_BYTES is read by the proxy first, and of larger ones a few at a time go through. Everything without a body passes as before: buffering would
 * end streams and WebSockets. `next`: the middlewares behind; `forwarded`: whether another proxy stands in front, so that the visitor is in its header.
 */
export function slowBodies(
  app: string,
  name: string,
  router: BodyRouter,
  { next, forwarded }: { readonly next: readonly string[]; readonly forwarded: boolean },
): HttpParts {
  const [perAddress, whole, few] = [`${app}-forms-per-address`, `${app}-form-whole`, `${app}-few-uploads`];
  return {
    routers: {
      [`${name}-form`]: {
        ...router,
        rule: `(${router.rule}) && HeaderRegexp(\`Content-Length\`, \`^0*[1-9]\\d{0,5}$\`)`,
        middlewares: [perAddress, whole, ...next],
      },
      [`${name}-upload`]: {
        ...router,
        rule: `(${router.rule}) && HeaderRegexp(\`Content-Length\`, \`^0*[1-9]\\d{6,}$\`)`,
        middlewares: [few, ...next],
      },
    },
    middlewares: {
      [perAddress]: {
        inFlightReq: {
          amount: FORMS_PER_ADDRESS,
          // 1: the last entry, the address that the proxy in front has seen. 0: whoever connects; without a number Traefik refuses the file.
          sourceCriterion: { ipStrategy: { depth: forwarded ? 1 : 0 } },
        },
      },
      [whole]: {
        buffering: {
          maxRequestBodyBytes: WHOLE_BYTES,
          memRequestBodyBytes: WHOLE_BYTES,
          memResponseBodyBytes: ANSWER_BYTES,
        },
      },
      [few]: { inFlightReq: { amount: UPLOADS, sourceCriterion: { requestHost: true } } },
    },
  };
}
