import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";

import { listRecords, zoneApi } from "../../../components/dns/zone-client";
import type { ZoneRecord } from "../../../components/dns/zone-page";
import { close, listen } from "../lab/loopback";

const TOKEN = "TOKEN-OF-CLOUDFLARE-01234567890123456789";
const zoneId = "6f1e0c5d4b3a29180706f5e4d3c2b1a0";

/** Milliseconds; far less than a test may take, far more than loopback needs. */
const DEADLINE = 300;

describe("a list of records", () => {
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: string[];
  let server: Server;
  let apiUrl: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.headers.authorization ?? ""} ${request.url ?? ""}`);
      handle(request, response);
    });
    apiUrl = `${await listen(server)}/client/v4`;
  });
  afterAll(() => close(server));
  beforeEach(() => {
    asked = [];
  });

  const list = (names: readonly string[] = ["example.org"], deadline?: number, token = TOKEN): Promise<ZoneRecord[]> =>
    listRecords({
      zone: { zoneId, apiUrl },
      token,
      filters: names.map((name) => ({ "name.exact": name })),
      ...(deadline === undefined ? {} : { deadline }),
    });

  const refused = (status: number, code: number) => (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status).end(JSON.stringify({ errors: [{ code, message: "No" }], result: null }));
  };

  /** Answers with pages of one record, A and then CAA, for any name. */
  const paged = (info: object) => (request: IncomingMessage, response: ServerResponse) => {
    const query = new URL(request.url ?? "", apiUrl).searchParams;
    const page = Number(query.get("page"));
    const record = { id: `${page}`, type: ["A", "CAA"][page - 1], name: query.get("name.exact"), comment: null };
    response.end(JSON.stringify({ errors: [], result: page > 2 ? [] : [record], ...info }));
  };

  it.each([
    ["the number of pages is known", { result_info: { total_pages: 2 } }, 2],
    ["the last page is the empty one", {}, 3],
  ])("has all pages of all names: %s", async (_, info, requests) => {
    handle = paged(info);
    const found = await list(["example.org", "www.example.org"]);
    expect(found.map(({ type, name }) => `${type} ${name}`)).toEqual([
      "A example.org",
      "CAA example.org",
      "A www.example.org",
      "CAA www.example.org",
    ]);
    expect(found[0]).toEqual({ id: "1", type: "A", name: "example.org", content: "", comment: "" });
    expect(asked).toHaveLength(2 * requests);
    expect(asked[0]).toBe(
      `Bearer ${TOKEN} /client/v4/zones/${zoneId}/dns_records?name.exact=example.org&per_page=100&page=1`,
    );
  });

  it.each([
    ["a refused token", 403, 9109, `dns: Cloudflare refused the token for zone ${zoneId} (403, No (9109)): `],
    ["an unknown zone", 404, 7003, `dns: Cloudflare knows no zone ${zoneId} (404, No (7003)): `],
  ])("%s is one message, without the token", async (_, status, code, message) => {
    handle = refused(status, code);
    const said = await list(["example.org", "www.example.org"]).catch(String);
    expect(said).toContain(message);
    expect(said).not.toContain(TOKEN);
  });

  it("what is not JSON is not the API", async () => {
    handle = (_, response) => response.end("<html>sign in</html>");
    await expect(list()).rejects.toThrow(`dns: the server at ${apiUrl} is not Cloudflare's API (200, `);
  });

  it("a token that no header can carry is not quoted, and never sent", async () => {
    for (const token of [`${TOKEN}\nx`, `${TOKEN}\u2026`, ""]) {
      const said = await list([], DEADLINE, token).catch(String);
      expect(said).toMatch(/dns: the token for Cloudflare is empty, or has .*CLOUDFLARE_API_TOKEN/);
      expect(said).not.toContain(TOKEN);
    }
    expect(asked).toEqual([]);
  });

  describe("of an API that cannot be reached", () => {
    const fault = async (): Promise<{ readonly error: unknown; readonly took: number }> => {
      const start = performance.now();
      const error: unknown = await list(["example.org", "www.example.org"], DEADLINE).catch((one: unknown) => one);
      return { error, took: performance.now() - start };
    };

    it("is a fault at once where nothing listens", async () => {
      const closed = createServer();
      const url = await listen(closed);
      await close(closed);
      const asking = listRecords({ zone: { zoneId, apiUrl: url }, token: TOKEN, filters: [{}] });
      await expect(asking).rejects.toThrow(
        `dns: Cloudflare's API cannot be reached at ${url} (connect ECONNREFUSED ${url.replace("http://", "")}): check the network and dns.apiUrl`,
      );
    });

    it.each([
      ["never answers", () => undefined],
      ["never ends its answer", (_: IncomingMessage, response: ServerResponse) => response.write('{"result":')],
      [
        "has one page after another",
        (_: IncomingMessage, response: ServerResponse) => response.end(JSON.stringify({ result: [ENDLESS] })),
      ],
    ])("is a fault at the deadline where it %s", async (_, answer) => {
      handle = answer;
      const { error, took } = await fault();
      expect(error).toMatchObject({
        passing: true,
        message: `dns: Cloudflare's API cannot be reached at ${apiUrl} (no answer within 0.3 s): check the network and dns.apiUrl`,
      });
      expect(took).toBeLessThan(10 * DEADLINE);
    });

    it("names the connection that was cut", async () => {
      handle = (request) => request.socket.destroy();
      await expect(list()).rejects.toThrow(`cannot be reached at ${apiUrl} (other side closed)`);
    });
  });
});

/** A record that is on every page. */
const ENDLESS = { id: "1", type: "A", name: "example.org" };

describe("where the API is", () => {
  afterEach(() => {
    // An assignment of undefined would be the text "undefined".
    delete process.env["CLOUDFLARE_BASE_URL"];
  });

  test.each([
    ["Cloudflare's own", undefined, undefined, "https://api.cloudflare.com/client/v4"],
    ["Cloudflare's own, with an empty variable", undefined, "", "https://api.cloudflare.com/client/v4"],
    ["the provider's variable", undefined, "http://127.0.0.1:2/v4", "http://127.0.0.1:2/v4"],
    ["the settings, before the variable", "http://127.0.0.1:1/v4/", "http://127.0.0.1:2/v4", "http://127.0.0.1:1/v4"],
  ])("%s", (_, set, variable, url) => {
    if (variable !== undefined) process.env["CLOUDFLARE_BASE_URL"] = variable;
    expect(zoneApi({ zoneId, apiUrl: set })).toEqual({ zoneId, apiUrl: url });
  });
});
