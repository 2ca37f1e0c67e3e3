import { STATUS_CODES } from "node:http";

import type Cloudflare from "cloudflare" with { "resolution-mode": "import" };

/** The provider's inputs; an empty one is looked up in the environment, as the real plugin does. */
export interface ApiSettings {
  /** Default: CLOUDFLARE_API_TOKEN. */
  readonly apiToken: string;
  /** With the path, as `https://api.cloudflare.com/client/v4`. Default: CLOUDFLARE_BASE_URL, else Cloudflare's own. */
  readonly baseUrl: string;
}

/** Where the real plugin talks to without a setting. */
const PUBLIC_API = "https://api.cloudflare.com/client/v4";

let settings: ApiSettings = { apiToken: "", baseUrl: "" };
let client: Promise<Cloudflare> | undefined;

/** Sets whom the following calls go to. */
export function configureApi(given: ApiSettings): void {
  settings = given;
  client = undefined;
}

function baseUrl(): string {
  const url = settings.baseUrl !== "" ? settings.baseUrl : (process.env.CLOUDFLARE_BASE_URL ?? PUBLIC_API);
  return url.replace(/\/+$/, "");
}

async function connect(): Promise<Cloudflare> {
  // Loaded here and not at the start: a preview makes no call, and the client takes half a second to load.
  const { default: Client } = await import("cloudflare");
  const apiToken = settings.apiToken !== "" ? settings.apiToken : (process.env.CLOUDFLARE_API_TOKEN ?? "");
  return new Client({ apiToken, baseURL: baseUrl() });
}

/** An answer of the API that is an error. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; undefined where no answer came. */
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Makes one call; its error is told in the real plugin's words, with the method, the URL and the answer's body. */
export async function callApi<T>(method: string, path: string, call: (api: Cloudflare) => Promise<T>): Promise<T> {
  client ??= connect();
  const api = await client;
  try {
    return await call(api);
  } catch (error) {
    const { APIError, APIConnectionError } = await import("cloudflare");
    const url = `${baseUrl()}${path}`;
    if (error instanceof APIConnectionError) {
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      throw new ApiError(undefined, `failed to make http request: ${verb} "${url}": ${causeOf(error)}`);
    }
    if (!(error instanceof APIError)) throw error;
    const status: unknown = error.status;
    if (typeof status !== "number") throw error;
    const body = JSON.stringify(error.error ?? null);
    const line = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
    throw new ApiError(status, `failed to make http request: ${method} "${url}": ${line} ${body}`);
  }
}

function causeOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
