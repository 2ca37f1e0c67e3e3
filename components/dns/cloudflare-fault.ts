import { UserError } from "../../lib/errors";

/** What went wrong between the program and Cloudflare's API. */
export interface CloudflareFault {
  /** True where it may pass by itself: a preview goes on without the answer. */
  readonly passing: boolean;
  readonly error: UserError;
}

/** Errors by Cloudflare's numbers: of a token that is wrong, has expired or lacks a right. */
const REFUSED: readonly number[] = [1000, 6003, 6111, 9106, 9109, 10000, 10001];

/** Errors by Cloudflare's numbers: of a path with a zone that it does not know. */
const NO_ZONE: readonly number[] = [1001, 7000, 7003];

/** Reads the provider's error text, `failed to make http request: GET "URL": 403 Forbidden {...}`, and says what it means and what to do. */
export function cloudflareFault(text: string, zoneId: string, apiUrl: string): CloudflareFault {
  const status = Number(/: ([1-5]\d\d) /.exec(text)?.[1] ?? 0);
  const errors = [...text.matchAll(/"code":\s*(\d+),\s*"message":\s*"([^"]*)"/g)].map(([, code, message]) => ({
    code: Number(code),
    message,
  }));
  const said = [status, ...errors.map(({ code, message }) => `${message} (${code})`)].join(", ");
  const is = (codes: readonly number[]): boolean => errors.some(({ code }) => codes.includes(code));
  if (status === 401 || status === 403 || is(REFUSED)) {
    return fault(
      `Cloudflare refused the token for zone ${zoneId} (${said}): it needs the permission Zone / DNS / Edit for this zone; ` +
        `make one under "My Profile / API Tokens", then export it as CLOUDFLARE_API_TOKEN or set it by: pulumi config set --secret cloudflare:apiToken`,
    );
  }
  if (status === 404 || is(NO_ZONE)) {
    return fault(
      `Cloudflare knows no zone ${zoneId} (${said}): correct dns/zoneId; the id stands on the domain's overview page in Cloudflare's dashboard`,
    );
  }
  if (status === 0) {
    const reason = text.replace(/^.*failed to make http request: /s, "");
    return fault(`Cloudflare's API cannot be reached at ${apiUrl} (${reason}): check the network and dns/apiUrl`, true);
  }
  return fault(
    `Cloudflare's API did not answer the question for the records (${said}): try again later, see cloudflarestatus.com`,
    true,
  );
}

function fault(message: string, passing = false): CloudflareFault {
  return { passing, error: new UserError(`dns: ${message}`) };
}
