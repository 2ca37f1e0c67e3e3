import { CloudflareApi } from "../../support/cloudflare-api";
import { isError, PluginClient } from "../../support/plugin-client";
import { ask, mask, recordedCases } from "../../support/recorded-cases";

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
    expect(await plugin.read(URN, made.id, made.properties, INPUTS)).toMatchObject({ id: "" });
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
});
