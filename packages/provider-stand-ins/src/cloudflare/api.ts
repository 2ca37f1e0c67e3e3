import { STATUS_CODES } from "node:http";

import type Cloudflare from "cloudflare" with { "resolution-mode": "import" };

import type { Context } from "../support/resource";
import { mayPass, retried } from "./retry";

/** The provider's inputs; an empty one is looked up in the environment, as the real plugin does. */
export interface ApiSettings {
  /** Default: CLOUDFLARE_API_TOKEN. */
  readonly apiToken: string;
  /** With the path, as `https://api.cloudflare.com/client/v4`. Default: CLOUDFLARE_BASE_URL, else Cloudflare's own. */
  readonly baseUrl: string;
}

/** The real plugin's default. */
const PUBLIC_API = "https://api.cloudflare.com/client/v4";

let settings: ApiSettings = { apiToken: "", baseUrl: "" };
let client: Promise<Cloudflare> | undefined;

/** Sets the API for all following calls. */
export function configureApi(given: ApiSettings): void {
  settings = given;
  client = undefined;
}

function baseUrl(): string {
  const url = settings.baseUrl !== "" ? settings.baseUrl : (process.env.CLOUDFLARE_BASE_URL ?? PUBLIC_API);
  return url.replace(/\/+$/, "");
}

async function connect(): Promise<Cloudflare> {
  // Loaded lazily: a preview makes no call, and the client takes half a second to load.
  const { default: Client } = await import("cloudflare");
  const apiToken = settings.apiToken !== "" ? settings.apiToken : (process.env.CLOUDFLARE_API_TOKEN ?? "");
  return new Client({ apiToken, baseURL: baseUrl(), maxRetries: 0 });
}

/** The summary of every error of a call, as the real plugin has it. */
const SUMMARY = "failed to make http request";

/** An answer of the API that is an error, in the real plugin's words: with the method, the URL and the answer's body. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; undefined where no answer came. */
    readonly status: number | undefined,
    readonly detail: string,
  ) {
    super(`${SUMMARY}: ${detail}`);
  }
}

/** One call: `method` and `path` are what its error names. */
export interface ApiCall<T> {
  readonly method: string;
  readonly path: string;
  readonly send: (api: Cloudflare) => Promise<T>;
}

/** Makes a call, several times where its error may pass; what it throws at last has been logged too. */
export async function callApi<T>(call: ApiCall<T>, context: Context): Promise<T> {
  try {
    return await attempts(call, context);
  } catch (error) {
    if (error instanceof ApiError) context.log("error", `[ERROR] ${error.detail}: ${SUMMARY}`);
    throw error;
  }
}

/** `callApi` for a resource that may be gone: then undefined, and a warning. */
export async function findByApi<T>(call: ApiCall<T>, context: Context): Promise<T | undefined> {
  try {
    return await attempts(call, context);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 404) {
      context.log("error", `[ERROR] ${error.detail}: ${SUMMARY}`);
      throw error;
    }
    const warning = "The resource was not found on the server and will be removed from state.";
    context.log("warning", `[WARNING] ${warning}: Resource not found`);
    return undefined;
  }
}

async function attempts<T>({ method, path, send }: ApiCall<T>, { signal }: Context): Promise<T> {
  client ??= connect();
  const api = await client;
  const once = () => send(api).catch(async (error: unknown) => Promise.reject(await inWords(method, path, error)));
  return retried(once, (error) => error instanceof ApiError && mayPass(error.status), signal);
}

async function inWords(method: string, path: string, error: unknown): Promise<Error> {
  const { APIError, APIConnectionError } = await import("cloudflare");
  const url = `${baseUrl()}${path}`;
  if (error instanceof APIConnectionError) {
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    return new ApiError(undefined, `${verb} "${url}": ${causeOf(error)}`);
  }
  const status: unknown = error instanceof APIError ? error.status : undefined;
  if (!(error instanceof APIError) || typeof status !== "number") {
    return error instanceof Error ? error : new Error(String(error));
  }
  const body = JSON.stringify(error.error ?? null);
  const line = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
  return new ApiError(status, `${method} "${url}": ${line} ${body}`);
}

function causeOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
