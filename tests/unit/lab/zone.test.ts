import { DnsRecord } from "../../../lab/cloudflare-api/record";
import { renderZone } from "../../../lab/cloudflare-api/zone";

function record(part: Partial<DnsRecord>): DnsRecord {
  return {
    id: "0",
    name: "weblog.test",
    type: "A",
    content: "198.51.100.10",
    ttl: 300,
    proxied: false,
    proxiable: true,
    comment: null,
    tags: [],
    settings: {},
    meta: {},
    created_on: "",
    modified_on: "",
    ...part,
  };
}

describe("zone file", () => {
  it("has each kind of record, and the zone's own", () => {
    const records = [
      record({ name: "www.weblog.test", type: "CNAME", content: "weblog.test", ttl: 60 }),
      record({}),
      record({ type: "TXT", content: 'v=spf1 "x" -all', ttl: 1 }),
      record({ type: "MX", content: "mail.weblog.test", priority: 5 }),
      record({ type: "CAA", content: '0 issue "letsencrypt.org"' }),
    ];
    expect(renderZone("weblog.test", "198.51.100.53", records, 7)).toBe(
      [
        "weblog.test. 300 IN SOA ns.weblog.test. hostmaster.weblog.test. 7 3600 600 86400 1",
        "weblog.test. 300 IN NS ns.weblog.test.",
        "ns.weblog.test. 300 IN A 198.51.100.53",
        "weblog.test. 300 IN A 198.51.100.10",
        'weblog.test. 300 IN CAA 0 issue "letsencrypt.org"',
        "weblog.test. 300 IN MX 5 mail.weblog.test.",
        'weblog.test. 300 IN TXT "v=spf1 \\"x\\" -all"',
        "www.weblog.test. 60 IN CNAME weblog.test.",
        "",
      ].join("\n"),
    );
  });

  it("cuts long texts into strings of 255", () => {
    const zone = renderZone("weblog.test", "198.51.100.53", [record({ type: "TXT", content: "k".repeat(300) })], 7);
    expect(zone).toContain(`"${"k".repeat(255)}" "${"k".repeat(45)}"`);
  });

  it("is the same whatever the order of the records", () => {
    const records = [record({ content: "198.51.100.1" }), record({ content: "198.51.100.2" })];
    expect(renderZone("weblog.test", "::", records, 1)).toBe(
      renderZone("weblog.test", "::", [...records].reverse(), 1),
    );
  });
});
