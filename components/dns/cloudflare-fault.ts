import { UserError } from "../../lib/errors";

/** A zone, and the API that answers for it. */
export interface ApiZone {
  readonly zoneId: string;
  readonly apiUrl: string;
}

/** An error as Cloudflare's API lists it. */
export interface ApiError {
  readonly code: number;
  readonly message: string;
}

/** A request that Cloudflare's API refused or did not answer. */
export class CloudflareFault extends UserError {
  public constructor(
    message: string,
    /** True where it may pass: a preview continues without the answer. */
    public readonly passing: boolean,
  ) {
    super(`dns: ${message}`);
  }
}

/** Codes of a token that is wrong, has expired or lacks a permission. */
const REFUSED: readonly number[] = [1000, 6003, 6111, 9106, 9109, 10000, 10001];

/** Codes of a path with an unknown zone. */
const NO_ZONE: readonly number[] = [1001, 7000, 7003];

const NEW_TOKEN =
  `create one under "My Profile / API Tokens", then export it as CLOUDFLARE_API_TOKEN or set it with ` +
  "'pulumi config set --secret cloudflare:apiToken'";

/** What a refusal means, and what to do. */
export function refusal({ zoneId }: ApiZone, status: number, errors: readonly ApiError[]): CloudflareFault {
  const said = [status, ...errors.map(({ code, message }) => `${message} (${code})`)].join(", ");
  const is = (codes: readonly number[]): boolean => errors.some(({ code }) => codes.includes(code));
  if (status === 401 || status === 403 || is(REFUSED)) {
    return new CloudflareFault(
      `Cloudflare refused the token for zone ${zoneId} (${said}): it needs the permission Zone / DNS / Edit for this zone; ${NEW_TOKEN}`,
      false,
    );
  }
  if (status === 404 || is(NO_ZONE)) {
    return new CloudflareFault(
      `Cloudflare knows no zone ${zoneId} (${said}): correct dns.zoneId; Cloudflare's dashboard shows the id on the domain's overview page`,
      false,
    );
  }
  return new CloudflareFault(
    `Cloudflare's API did not list the records (${said}): try again later, see cloudflarestatus.com`,
    true,
  );
}

/** A token that no request can carry. The message does not quote it. */
export function malformedToken(): CloudflareFault {
  return new CloudflareFault(
    `the token for Cloudflare is empty, or has a space, a line break or another character that tokens do not have: ${NEW_TOKEN}`,
    false,
  );
}

export function unreachable({ apiUrl }: ApiZone, reason: string): CloudflareFault {
  return new CloudflareFault(
    `Cloudflare's API cannot be reached at ${apiUrl} (${reason}): check the network and dns.apiUrl`,
    true,
  );
}

/** Something answers that is not the API. */
export function notTheApi({ apiUrl }: ApiZone, status: number): CloudflareFault {
  return new CloudflareFault(
    `the server at ${apiUrl} is not Cloudflare's API (${status}, without a list of records): ` +
      "check dns.apiUrl, and that no proxy or sign-in page of a network answers in its place",
    true,
  );
}
