import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that arrived. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** The zone in which every new record is refused, as one that exists already (recorded from Cloudflare). */
const REFUSING_ZONE = "e".repeat(32);

/** The zone that, as Cloudflare, makes the text of a CAA record of its parts; the server of the recordings did not. */
export const SPEAKING_ZONE = "a".repeat(32);

/** The zone whose token is refused. */
const CLOSED_ZONE = "c".repeat(32);

/** Records on a page; few, so that a list has several. */
const PER_PAGE = 2;

const PATH = /^\/client\/v4\/zones\/(\w{32})\/dns_records(?:\/(\w{32}))?(\?.*)?$/;

/** The calls of the Cloudflare API that the provider makes, on loopback, for tests of the stand-in. */
export class CloudflareApi {
  /** All requests so far. */
  readonly requests: ApiRequest[] = [];
  private readonly records = new Map<string, Record<string, unknown>>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  /** Listens on the port (0: any free one); answers the base URL. */
  async listen(port = 0): Promise<string> {
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/client/v4`;
  }

  /** Takes a record away as somebody else would. */
  forget(id: string): void {
    this.records.delete(id);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: string[] = [];
    for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
    const body = JSON.parse(chunks.join("") === "" ? "{}" : chunks.join("")) as Record<string, unknown>;
    const { method = "", url = "", headers } = request;
    this.requests.push({ method, path: url, authorization: headers.authorization, body });
    const [status, result] = this.handle(method, url, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(result));
  }

  private handle(method: string, url: string, body: Record<string, unknown>): [number, unknown] {
    const [, zone, named, query] = PATH.exec(url) ?? [];
    const id = named ?? (this.records.size + 1).toString(16).padStart(32, "0");
    if (zone === undefined) return fault(404, 7003, "Could not route to the given path.");
    if (zone === REFUSING_ZONE) {
      return fault(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
    }
    if (zone === CLOSED_ZONE) return fault(403, 10000, "Authentication error");
    if (method === "GET" && named === undefined) return this.page(new URLSearchParams(query));
    const old = this.records.get(id);
    if (method !== "POST" && old === undefined) return fault(404, 81044, "Record does not exist.");
    if (method === "DELETE") {
      this.records.delete(id);
      return success({ id });
    }
    if (method === "GET") return success(old);
    const now = new Date().toISOString();
    const made = { proxied: false, proxiable: true, tags: [], settings: {}, meta: {}, created_on: now };
    const record = { id, ...made, ...body, ...(zone === SPEAKING_ZONE ? contentOf(body) : {}), modified_on: now };
    this.records.set(id, record);
    return success(record);
  }

  private page(query: URLSearchParams): [number, unknown] {
    const page = Number(query.get("page") ?? 1);
    const found = [...this.records.values()].filter(({ name }) => name === (query.get("name.exact") ?? name));
    return success(found.slice((page - 1) * PER_PAGE, page * PER_PAGE));
  }
}

function success(result: unknown): [number, unknown] {
  return [200, { success: true, errors: [], messages: [], result }];
}

function fault(status: number, code: number, message: string): [number, unknown] {
  return [status, { success: false, errors: [{ code, message }], messages: [], result: null }];
}

function contentOf({ type, data }: Record<string, unknown>): { content?: string } {
  if (type !== "CAA") return {};
  const { flags, tag, value } = data as Record<string, string | number>;
  return { content: `${String(flags)} ${String(tag)} "${String(value)}"` };
}
