import { IncomingMessage, Server, createServer } from "node:http";

import { ApiError, DnsRecord, parseRecord } from "./record";
import { RecordStore } from "./store";

/** The zone a server answers for. */
export interface Zone {
  readonly id: string;
  readonly domain: string;
  readonly records: RecordStore;
}

/** A successful answer: its status and result. */
interface Answer {
  readonly status: number;
  readonly result: unknown;
  /** Of a list: which part of it this is. */
  readonly info?: Readonly<Record<"page" | "per_page" | "count" | "total_count" | "total_pages", number>>;
}

/** Records on a page unless the client asks for another number; Cloudflare's own default. */
const PER_PAGE = 100;

/** A request's longest body: far more than any record needs. Bytes. */
const LONGEST_BODY = 64 * 1024;

/** Cloudflare's tokens have this form; an empty or broken one must fail in the lab as it would there. */
const BEARER = /^Bearer [A-Za-z0-9_-]{40}$/;

/** A token of the right form that was given no right to any zone: one character forty times, for trying what a refused token does. */
const WITHOUT_RIGHTS = /^Bearer (.)\1{39}$/;

/**
 * The part of the Cloudflare API v4 that the program and its proxy use: the one zone by its name, and its DNS records. Everything else is answered
 * as Cloudflare answers paths it does not know.
 */
export function cloudflareApi(zone: Zone): Server {
  return createServer((request, response) => {
    void answer(zone, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
}

async function answer(zone: Zone, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  try {
    const { status, result, info } = route(zone, request, await readBody(request));
    const page = info === undefined ? {} : { result_info: info };
    return { status, body: { result, success: true, errors: [], messages: [], ...page } };
  } catch (error) {
    const { status, code, message } = error instanceof ApiError ? error : new ApiError(500, 10000, String(error));
    return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
  }
}

function route(zone: Zone, request: IncomingMessage, body: string): Answer {
  const url = new URL(request.url ?? "/", "http://localhost");
  refuseStrangers(request.headers.authorization);
  if (url.pathname === "/client/v4/zones" && request.method === "GET") {
    return pageOf(zonesNamed(zone, url.searchParams.get("name")), url.searchParams);
  }
  const [, zoneId, rest = ""] = /^\/client\/v4\/zones\/([^/]+)\/dns_records(.*)$/.exec(url.pathname) ?? [];
  if (zoneId !== zone.id) {
    throw new ApiError(404, 7003, `Could not route to ${url.pathname}, perhaps your object identifier is invalid?`);
  }
  const { records, domain } = zone;
  const id = rest.replace(/^\/|\/$/g, "");
  const collection = id === "";
  switch (`${request.method ?? "GET"} ${collection ? "records" : "record"}`) {
    case "GET records":
      return pageOf(records.list(filterOf(url.searchParams)), url.searchParams);
    case "POST records":
      return ok(records.create(parseRecord(json(body), domain)));
    case "GET record":
      return ok(records.get(id));
    case "PUT record":
      return ok(records.replace(id, parseRecord(json(body), domain)));
    case "PATCH record":
      return ok(records.replace(id, parseRecord({ ...records.get(id), ...object(json(body)) }, domain)));
    case "DELETE record":
      records.remove(id);
      return ok({ id });
    default:
      throw new ApiError(405, 10405, "Method not allowed for this authentication scheme");
  }
}

/** The zones that a token may see, or of them the one of a name. */
function zonesNamed({ id, domain }: Zone, name: string | null): readonly object[] {
  return name === null || name === domain ? [{ id, name: domain, status: "active", paused: false, type: "full" }] : [];
}

function ok(result: unknown): Answer {
  return { status: 200, result };
}

/** One page of a list. A page after the last is empty, which is how clients know that they have all. */
function pageOf(all: readonly object[], query: URLSearchParams): Answer {
  const size = positive(query.get("per_page")) ?? PER_PAGE;
  const page = positive(query.get("page")) ?? 1;
  const result = all.slice((page - 1) * size, page * size);
  const counts = { count: result.length, total_count: all.length, total_pages: Math.ceil(all.length / size) };
  return { ...ok(result), info: { page, per_page: size, ...counts } };
}

function positive(text: string | null): number | undefined {
  return /^[1-9]\d*$/.test(text ?? "") ? Number(text) : undefined;
}

function refuseStrangers(authorization: string | undefined): void {
  if (authorization === undefined) {
    throw new ApiError(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  }
  if (!BEARER.test(authorization)) {
    throw new ApiError(403, 9109, "Invalid access token");
  }
  if (WITHOUT_RIGHTS.test(authorization)) {
    throw new ApiError(403, 10000, "Authentication error");
  }
}

/** Cloudflare's filters: exact, by `name`, `type` and `content`, also written `name.exact` and so on. */
function filterOf(query: URLSearchParams): Partial<DnsRecord> {
  const entries = ["name", "type", "content"].flatMap((field) => {
    const wanted = query.get(field) ?? query.get(`${field}.exact`);
    return wanted === null ? [] : [[field, wanted] as const];
  });
  return Object.fromEntries(entries);
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 9207, "Request body is invalid.");
  }
}

function object(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > LONGEST_BODY) {
      throw new ApiError(413, 10413, "Request body is too large.");
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
