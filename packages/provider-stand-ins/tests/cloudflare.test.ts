import { CloudflareApi, SPEAKING_ZONE } from "./support/cloudflare-api";
import { isError, PluginClient } from "./support/plugin-client";
import { ask, mask, recordedCases } from "./support/recorded-cases";

const { cases, config } = recordedCases("cloudflare");
const URN = "urn:pulumi:dev::conformance::cloudflare:index/dnsRecord:DnsRecord::r";
const ZONE = "0".repeat(32);
const { apiToken, baseUrl: RECORDED_URL } = config as { apiToken: string; baseUrl: string };
const INPUTS = { zoneId: ZONE, name: "www.example.com", type: "A", content: "198.51.100.10", ttl: 300 };

describe("the stand-in for the cloudflare plugin", () => {
  const api = new CloudflareApi();
  let plugin: PluginClient;
  let baseUrl: string;
  beforeAll(async () => {
    baseUrl = await api.listen();
    plugin = await PluginClient.start("cloudflare", { ...config, baseUrl });
  });
  afterAll(async () => {
    await plugin.stop();
    api.close();
  });

  /** The recorded error names the address of the server it was recorded with. */
  const here = (answer: unknown): unknown =>
    JSON.parse(JSON.stringify(answer).replaceAll(RECORDED_URL, baseUrl)) as unknown;

  it.each(cases)("answers as recorded: $name", async (recorded) => {
    expect(mask(await ask(plugin, recorded), {})).toEqual(here(recorded.answer));
  });

  it("sends the whole record on every change, with the token, and keeps its id", async () => {
    const made = await plugin.create(URN, INPUTS);
    if (isError(made)) throw new Error(made.error.details);
    const changed = await plugin.update(URN, made.id, made.properties, INPUTS, { ...INPUTS, content: "198.51.100.11" });
    expect(changed).toMatchObject({ properties: { id: made.id, content: "198.51.100.11", zoneId: ZONE } });
    expect(api.requests.at(-1)).toEqual({
      method: "PUT",
      path: `/client/v4/zones/${ZONE}/dns_records/${made.id}`,
      authorization: `Bearer ${apiToken}`,
      body: { name: "www.example.com", type: "A", content: "198.51.100.11", ttl: 300, proxied: false },
    });
  });

  it("tells a record that somebody took away: gone on read, an error with the answer on update and delete", async () => {
    const made = await plugin.create(URN, INPUTS);
    if (isError(made)) throw new Error(made.error.details);
    api.forget(made.id);
    const before = plugin.engine.lines.length;
    expect(await plugin.read(URN, made.id, made.properties, INPUTS)).toMatchObject({ id: "" });
    const removed =
      "[WARNING] The resource was not found on the server and will be removed from state.: Resource not found";
    expect(plugin.engine.lines.slice(before)).toMatchObject([{ severity: "warning", urn: URN, message: removed }]);
    const url = `${baseUrl}/zones/${ZONE}/dns_records/${made.id}`;
    const body =
      '{"success":false,"errors":[{"code":81044,"message":"Record does not exist."}],"messages":[],"result":null}';
    const error = (method: string) => ({
      error: { code: 2, details: `failed to make http request: ${method} "${url}": 404 Not Found ${body}` },
    });
    expect(await plugin.update(URN, made.id, made.properties, INPUTS, INPUTS)).toEqual(error("PUT"));
    expect(await plugin.delete(URN, made.id, made.properties)).toEqual(error("DELETE"));
  });

  it("imports a record by zone and id, with the inputs that a program would have given", async () => {
    const made = await plugin.create(URN, INPUTS);
    if (isError(made)) throw new Error(made.error.details);
    const read = await plugin.read(URN, `${ZONE}/${made.id}`, {}, {});
    expect(read).toEqual({ id: made.id, properties: made.properties, inputs: INPUTS });
  });

  it("keeps what it knows at the preview of a change", async () => {
    const made = await plugin.create(URN, INPUTS);
    if (isError(made)) throw new Error(made.error.details);
    const before = api.requests.length;
    const preview = await plugin.update(URN, made.id, made.properties, INPUTS, { ...INPUTS, ttl: 600 }, true);
    expect(preview).toMatchObject({ properties: { id: made.id, ttl: 600, createdOn: made.properties.createdOn } });
    expect(api.requests).toHaveLength(before);
  });

  it("leaves the text of a record that is given as data to the API, and sees no change in it", async () => {
    const { name, ttl } = INPUTS;
    const caa = {
      zoneId: SPEAKING_ZONE,
      name,
      ttl,
      type: "CAA",
      data: { flags: 0, tag: "issue", value: "letsencrypt.org" },
    };
    const made = await plugin.create(URN, caa);
    if (isError(made)) throw new Error(made.error.details);
    expect(made.properties).toMatchObject({ content: '0 issue "letsencrypt.org"' });
    expect(await plugin.diff(URN, made.id, made.properties, caa, caa)).toMatchObject({ changes: "none" });
    const other = { ...caa, data: { ...caa.data, value: "pki.goog" } };
    expect(await plugin.diff(URN, made.id, made.properties, caa, other)).toMatchObject({ diffs: ["data"] });
    const changed = await plugin.update(URN, made.id, made.properties, caa, other);
    expect(changed).toMatchObject({ properties: { content: '0 issue "pki.goog"' } });
  });

  describe("getDnsRecords", () => {
    const TOKEN = "cloudflare:index/getDnsRecords:getDnsRecords";
    const NAME = "listed.example.com";

    it("lists the records of a name with all their fields, over all pages, asked for by the exact name", async () => {
      for (const content of ["198.51.100.1", "198.51.100.2", "198.51.100.3"]) {
        await plugin.create(URN, { ...INPUTS, name: NAME, content, comment: "c" });
      }
      const before = api.requests.length;
      const answer = await plugin.invoke(TOKEN, { zoneId: ZONE, name: { exact: NAME } });
      if (isError(answer)) throw new Error(answer.error.details);
      const { results } = answer.return as { results: Record<string, unknown>[] };
      expect(results.map(({ content }) => content)).toEqual(["198.51.100.1", "198.51.100.2", "198.51.100.3"]);
      expect(results[0]).toMatchObject({
        ...{ name: NAME, type: "A", ttl: 300, comment: "c", proxied: false, proxiable: true, tags: [], meta: "{}" },
        id: expect.stringMatching(/^\w{32}$/) as string,
        createdOn: expect.any(String) as string,
      });
      const asked = api.requests[before];
      expect(asked?.path).toMatch(new RegExp(`^/client/v4/zones/${ZONE}/dns_records\\?(.*&)?name\\.exact=${NAME}`));
      expect(asked?.authorization).toBe(`Bearer ${apiToken}`);
    });

    it("answers an empty list for a name without records", async () => {
      expect(await plugin.invoke(TOKEN, { zoneId: ZONE, name: { exact: "none.example.com" } })).toMatchObject({
        return: { results: [] },
        failures: [],
      });
    });

    it("tells the API's refusal with the URL and the answer's body, and no token", async () => {
      const zone = "c".repeat(32);
      const answer = await plugin.invoke(TOKEN, { zoneId: zone, name: { exact: NAME } });
      const body =
        '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}';
      const url = `${baseUrl}/zones/${zone}/dns_records?name.exact=${NAME}`;
      expect(answer).toEqual({
        error: { code: 2, details: `failed to make http request: GET "${url}": 403 Forbidden ${body}` },
      });
      expect(JSON.stringify(answer)).not.toContain(apiToken);
      const line = `[ERROR] GET "${url}": 403 Forbidden ${body}: failed to make http request`;
      expect(plugin.engine.lines.at(-1)).toMatchObject({ severity: "error", urn: "", message: line });
    });
  });
});
