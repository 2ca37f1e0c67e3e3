import { ApiZone, malformedToken, unreachable } from "./cloudflare-fault";
import { readPage, ZonePage, ZoneRecord } from "./zone-page";

/** Cloudflare's own API. */
const API = "https://api.cloudflare.com/client/v4";

/** The variable in which the provider also looks for a token. */
export const API_TOKEN = "CLOUDFLARE_API_TOKEN";

/** Characters of a token. `fetch` quotes a header that it refuses in its error, and with it the token. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Records a page; a name of the site has a few. */
const PER_PAGE = "100";

/** For all pages of all lists; milliseconds. A page takes well under a second. */
const DEADLINE = 10_000;

/** A query to a zone. */
export interface RecordQuery {
  readonly zone: ApiZone;
  readonly token: string;
  /** Filters of the API, such as `name.exact`; a list for each. */
  readonly filters: readonly Readonly<Record<string, string>>[];
  /** For the whole answer; milliseconds. Default: 10 s. */
  readonly deadline?: number;
}

/** The zone at the API of the settings, else of the provider's variable, else at Cloudflare's own. By id: to find it by the domain a token needs Zone / Zone / Read as well. */
export function zoneApi({
  zoneId,
  apiUrl,
}: {
  readonly zoneId: string;
  readonly apiUrl?: string | undefined;
}): ApiZone {
  const url = apiUrl ?? variable("CLOUDFLARE_BASE_URL") ?? API;
  return { zoneId, apiUrl: url.replace(/\/+$/, "") };
}

/** The token in the provider's variable; undefined: there is none. */
export function tokenOfEnvironment(): string | undefined {
  return variable(API_TOKEN);
}

function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

/**
 * Lists the records of a zone; throws a CloudflareFault. The provider could list them too, but retries an unreachable API for minutes and reports each refusal as a separate
 * error.
 */
export async function listRecords({ zone, token, filters, deadline = DEADLINE }: RecordQuery): Promise<ZoneRecord[]> {
  if (!TOKEN.test(token)) throw malformedToken();
  const signal = AbortSignal.timeout(deadline);
  const get = async (query: Readonly<Record<string, string>>): Promise<ZonePage> => {
    const url = `${zone.apiUrl}/zones/${zone.zoneId}/dns_records?${new URLSearchParams(query).toString()}`;
    const { status, body } = await read(url, { headers: { authorization: `Bearer ${token}` }, signal }).catch(
      (error: unknown) => {
        throw unreachable(zone, signal.aborted ? `no answer within ${deadline / 1000} s` : reasonOf(error));
      },
    );
    return readPage(zone, status, body);
  };
  return (await Promise.all(filters.map((filter) => allPages(filter, get)))).flat();
}

async function allPages(
  filter: Readonly<Record<string, string>>,
  get: (query: Readonly<Record<string, string>>) => Promise<ZonePage>,
): Promise<ZoneRecord[]> {
  const found: ZoneRecord[] = [];
  for (let page = 1; ; page++) {
    const { records, pages = Infinity } = await get({ ...filter, per_page: PER_PAGE, page: String(page) });
    found.push(...records);
    if (records.length === 0 || page >= pages) return found;
  }
}

async function read(url: string, options: RequestInit): Promise<{ status: number; body: string }> {
  const response = await fetch(url, options);
  return { status: response.status, body: await response.text() };
}

/** `fetch` itself says only "fetch failed"; a cause of several addresses that all failed has a code and no message. */
function reasonOf(error: unknown): string {
  const { message, cause } = fields(error);
  const { message: reason, code } = fields(cause);
  return [reason, code, message].find((one) => typeof one === "string" && one !== "") ?? String(error);
}

function fields(value: unknown): { readonly message?: string; readonly code?: string; readonly cause?: unknown } {
  return typeof value === "object" && value !== null ? value : {};
}
