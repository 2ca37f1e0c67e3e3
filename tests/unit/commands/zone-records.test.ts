import { removeRecords, unknownRecords } from "../../../commands/zone-records";
import { KnownZone } from "../../../commands/known-state";
import { CloudflareApi } from "../../../packages/provider-stand-ins/tests/support/cloudflare-api";

const TOKEN = "TOKEN-OF-CLOUDFLARE-01234567890123456789";
const OURS = "Managed by Homeport (homeport/dev)";
const zoneId = "0123456789abcdef0123456789abcdef";

describe("records that an interrupted run has left", () => {
  const api = new CloudflareApi();
  let zone: KnownZone;

  beforeAll(async () => {
    zone = { zoneId, apiUrl: await api.listen(), ids: [] };
  });
  afterAll(() => {
    api.close();
  });

  /** Puts a record into the zone; its id. */
  async function make(name: string, comment: string | null): Promise<string> {
    const response = await fetch(`${zone.apiUrl ?? ""}/zones/${zoneId}/dns_records`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ type: "A", name, content: "198.51.100.10", ttl: 300, comment }),
    });
    return ((await response.json()) as { result: { id: string } }).result.id;
  }

  const left = async (known: KnownZone): Promise<string[]> =>
    (await unknownRecords(known, TOKEN, "homeport/dev")).map(({ name }) => name);

  it("are those with the stack's comment that the state does not know, on whatever page they stand", async () => {
    expect(await left(zone)).toEqual([]);
    await make("mail.example.org", null);
    const known = await make("example.org", OURS);
    await make("staging.example.org", "Managed by Homeport (homeport/staging)");
    await make("old.example.org", "Managed by Homeport");
    await make("www.example.org", OURS);
    expect(await left({ ...zone, ids: [known] })).toEqual(["www.example.org"]);

    const before = api.requests.length;
    const unknown = await unknownRecords({ ...zone, ids: [known] }, TOKEN, "homeport/dev");
    expect(await removeRecords(zone, TOKEN, unknown)).toBe(
      "  removed A www.example.org 198.51.100.10, which is not in the state",
    );
    expect(api.requests.slice(before).filter(({ method }) => method === "DELETE")).toEqual([
      expect.objectContaining({ authorization: `Bearer ${TOKEN}` }),
    ]);
    expect(await left({ ...zone, ids: [known] })).toEqual([]);
    expect(await left(zone)).toEqual(["example.org"]);
  }, 30_000);

  it("cannot be listed with a refused token: the message does not show the token", async () => {
    const refused = unknownRecords({ ...zone, zoneId: "c".repeat(32) }, TOKEN, "homeport/dev");
    const told = await refused.catch((error: unknown) => String(error));
    expect(told).toMatch(
      /dns: Cloudflare refused the token for zone c+ \(403, Authentication error \(10000\)\): .*; then run this again$/,
    );
    expect(told).not.toContain(TOKEN);
  });

  it("cannot be listed where no API answers", async () => {
    const silent = unknownRecords({ ...zone, apiUrl: "http://127.0.0.1:1/client/v4" }, TOKEN, "homeport/dev");
    await expect(silent).rejects.toThrow(
      /dns: Cloudflare's API cannot be reached at http:\/\/127\.0\.0\.1:1\/client\/v4 \(.*; then run this again$/,
    );
  });
});
