import { mkdtempSync } from "node:fs";
import { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Cloudflare from "cloudflare";

import { DnsRecord } from "../../../lab/cloudflare-api/record";
import { cloudflareApi } from "../../../lab/cloudflare-api/server";
import { RecordStore } from "../../../lab/cloudflare-api/store";
import { close, listen } from "./loopback";

const ZONE = "6f1e0c5d4b3a29180706f5e4d3c2b1a0";
const TOKEN = "0123456789012345678901234567890123456789";
const RECORD = { name: "www.weblog.test", type: "A", content: "198.51.100.10", ttl: 300 } as const;
const ALIAS = { name: "alias.weblog.test", type: "CNAME", content: "weblog.test", ttl: 300 } as const;

interface Body {
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly result: DnsRecord & readonly DnsRecord[];
}

describe("the part of the Cloudflare API that the lab serves", () => {
  let server: Server;
  let base: string;
  let path: string;
  let published: readonly DnsRecord[];

  const store = (): RecordStore =>
    new RecordStore(path, (records) => {
      published = records;
    });

  beforeEach(async () => {
    path = join(mkdtempSync(join(tmpdir(), "homeport-cloudflare-")), "records.json");
    server = cloudflareApi({ id: ZONE, domain: "weblog.test", records: store() });
    base = `${await listen(server)}/client/v4`;
  });
  afterEach(() => close(server));

  async function call(
    method: string,
    at = "",
    body?: unknown,
    token = `Bearer ${TOKEN}`,
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${base}/zones/${ZONE}/dns_records${at}`, {
      method,
      headers: token === "" ? {} : { authorization: token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  it("makes, reads, lists, replaces and removes a record, and publishes each change", async () => {
    const made = await call("POST", "", { ...RECORD, comment: "by Homeport" });
    expect(made.status).toBe(200);
    expect(made.body.result).toMatchObject({
      ...RECORD,
      comment: "by Homeport",
      proxied: false,
      proxiable: true,
      tags: [],
      settings: {},
    });
    const { id } = made.body.result;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect((await call("GET", `/${id}`)).body.result).toEqual(made.body.result);
    expect((await call("GET", "?name=www.weblog.test&type=A")).body.result).toHaveLength(1);
    expect((await call("GET", "?name=weblog.test")).body.result).toHaveLength(0);
    const replaced = await call("PUT", `/${id}`, { ...RECORD, content: "198.51.100.11" });
    expect(replaced.body.result).toMatchObject({ id, content: "198.51.100.11", comment: null });
    expect(published.map((record) => record.content)).toEqual(["198.51.100.11"]);
    expect((await call("DELETE", `/${id}`)).body.result).toEqual({ id });
    expect(published).toEqual([]);
  });

  it("is understood by Cloudflare's own client", async () => {
    const client = new Cloudflare({ apiToken: TOKEN, baseURL: base });
    const made = await client.dns.records.create({ zone_id: ZONE, ...RECORD });
    const found = [];
    for await (const record of client.dns.records.list({ zone_id: ZONE, name: { exact: RECORD.name } })) {
      found.push(record.id);
    }
    expect(found).toEqual([made.id]);
    await client.dns.records.delete(made.id, { zone_id: ZONE });
    await expect(client.dns.records.get(made.id, { zone_id: ZONE })).rejects.toThrow(/81044/);
  });

  it("has its records again after a restart", async () => {
    await call("POST", "", RECORD);
    expect(store().list({})).toHaveLength(1);
  });

  it.each([
    ["the same record again", RECORD, 400, 81058],
    ["a CNAME beside an address", { ...RECORD, type: "CNAME", content: "weblog.test" }, 400, 81053],
    ["a CNAME beside a CNAME of the name", { ...ALIAS, content: "www.weblog.test" }, 400, 81053],
    ["an address beside a CNAME", { ...RECORD, name: ALIAS.name }, 400, 81054],
    ["an address that is none", { ...RECORD, name: "x.weblog.test", content: "198.51.100" }, 400, 9005],
    ["an IPv6 address that is none", { ...RECORD, name: "x.weblog.test", type: "AAAA" }, 400, 9006],
    ["a TTL too short", { ...RECORD, name: "x.weblog.test", ttl: 5 }, 400, 9021],
    ["a name of another zone", { ...RECORD, name: "www.example.org" }, 400, 9000],
    ["a type it does not know", { ...RECORD, type: "SPF" }, 400, 9207],
  ])("rejects %s", async (_what, record, status, code) => {
    await call("POST", "", RECORD);
    await call("POST", "", ALIAS);
    const answer = await call("POST", "", record);
    expect([answer.status, answer.body.errors[0]?.code, answer.body.success]).toEqual([status, code, false]);
  });

  it("takes a second address of a name, as Cloudflare does", async () => {
    await call("POST", "", RECORD);
    expect((await call("POST", "", { ...RECORD, content: "198.51.100.11" })).status).toBe(200);
    expect((await call("GET", `?name.exact=${RECORD.name}`)).body.result).toHaveLength(2);
  });

  it("rejects a record that is gone, for each verb, as Cloudflare words it", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await call(method, "/0123456789abcdef0123456789abcdef", method === "PUT" ? RECORD : undefined);
      expect(answer).toMatchObject({
        status: 404,
        body: { errors: [{ code: 81044, message: "Record does not exist." }], result: null },
      });
    }
  });

  it("rejects requests without a token, or with one of another form or without rights", async () => {
    expect(await call("GET", "", undefined, "")).toMatchObject({ status: 400, body: { errors: [{ code: 9106 }] } });
    expect(await call("GET", "", undefined, "Bearer short")).toMatchObject({
      status: 403,
      body: { errors: [{ code: 9109 }] },
    });
    expect(await call("GET", "", undefined, `Bearer ${"x".repeat(40)}`)).toMatchObject({
      status: 403,
      body: { errors: [{ code: 10000, message: "Authentication error" }] },
    });
  });

  it("rejects a zone that is not its own, and bodies that are no JSON", async () => {
    const other = await fetch(`${base}/zones/${"0".repeat(32)}/dns_records`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(other.status).toBe(404);
    const broken = await fetch(`${base}/zones/${ZONE}/dns_records`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: "{",
    });
    expect(broken.status).toBe(400);
  });

  it("finds its zone by name for a client of DNS-01, and takes that one's record", async () => {
    const client = new Cloudflare({ apiToken: TOKEN, baseURL: base });
    expect((await client.zones.list({ name: "weblog.test" })).result).toMatchObject([
      { id: ZONE, name: "weblog.test" },
    ]);
    expect((await client.zones.list({ name: "other.test" })).result).toEqual([]);
    // As lego sends it.
    const challenge = { type: "TXT", name: "_acme-challenge.weblog.test", ttl: 120, content: '"digest"' } as const;
    expect((await call("POST", "", challenge)).body.result).toMatchObject(challenge);
    expect((await call("POST", "", { ...challenge, content: '"another"' })).status).toBe(200);
  });

  it("answers an automatic TTL and a proxied record's TTL as 1", async () => {
    expect((await call("POST", "", { ...RECORD, ttl: 300, proxied: true })).body.result.ttl).toBe(1);
  });
});
