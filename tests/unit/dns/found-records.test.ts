import { siteEntries } from "../../../components/dns/entries";
import { sortRecords } from "../../../components/dns/found-records";
import { recordMark } from "../../../components/dns/record-mark";
import { ZoneRecord } from "../../../components/dns/zone-page";

const OWNER = "homeport/dev";
const ENTRIES = siteEntries({
  domain: "example.org",
  hosts: ["www.example.org", "example.org"],
  address: "198.51.100.10",
  caa: "names",
  issuer: "letsencrypt.org",
});

function record(part: Partial<ZoneRecord>): ZoneRecord {
  return { id: "1", type: "A", name: "www.example.org", content: "198.51.100.10", comment: "", ...part };
}

const WAY = (part: Partial<ZoneRecord>): string => {
  const { ours, foreign } = sortRecords([record(part)], ENTRIES, OWNER);
  return ours.length === 1 ? "ours" : foreign.length === 1 ? "foreign" : "nobody's business";
};

test.each([
  ["one with the stack's comment", { comment: "Managed by Homeport (homeport/dev)" }, "ours"],
  ["one from before comments named the stack", { comment: "Managed by Homeport" }, "ours"],
  ["one of another stack", { comment: "Managed by Homeport (homeport/staging)" }, "foreign"],
  ["one without a comment", {}, "foreign"],
  ["an IPv6 address", { type: "AAAA", content: "2001:db8::1" }, "foreign"],
  ["an alias", { type: "CNAME", content: "elsewhere.test" }, "foreign"],
  ["a name in capitals", { name: "WWW.Example.org" }, "foreign"],
  ["a CAA record where the site has one", { type: "CAA", content: '0 issue "pki.goog"' }, "foreign"],
  ["a CAA record where the site has none", { type: "CAA", name: "example.org" }, "nobody's business"],
  ["mail", { type: "MX", content: "mail.example.org" }, "nobody's business"],
  ["a text", { type: "TXT" }, "nobody's business"],
  ["another name", { name: "mail.example.org" }, "nobody's business"],
])("%s is sorted by its comment, name and type", (_, part, whose) => {
  expect(WAY(part)).toBe(whose);
});

test("a stack with a long name has a comment that Cloudflare takes", () => {
  const owner = `homeport/${"s".repeat(100)}`;
  expect(recordMark(owner)).toHaveLength(100);
  expect(sortRecords([record({ comment: recordMark(owner) })], ENTRIES, owner).ours).toHaveLength(1);
});

describe("what the state knows", () => {
  const OURS = record({ comment: recordMark(OWNER) });
  const OLD = record({ comment: "Managed by Homeport" });

  test("a record with the stack's comment that it does not know is ours, and orphaned", () => {
    expect(sortRecords([OURS], ENTRIES, OWNER, ["2"])).toEqual({ ours: [OURS], orphaned: [OURS], foreign: [] });
  });

  test("one that it knows is ours, and so is every one while nothing is known of the state", () => {
    const known = { ours: [OURS], orphaned: [], foreign: [] };
    expect(sortRecords([OURS], ENTRIES, OWNER, ["1"])).toEqual(known);
    expect(sortRecords([OURS], ENTRIES, OWNER)).toEqual(known);
  });

  test("one of another stack is foreign, known or not", () => {
    const other = record({ comment: "Managed by Homeport (homeport/staging)" });
    expect(sortRecords([other], ENTRIES, OWNER, [])).toEqual({ ours: [], orphaned: [], foreign: [other] });
  });

  test("one from before comments named the stack is ours only where the state knows it", () => {
    expect(sortRecords([OLD], ENTRIES, OWNER, ["1"]).ours).toEqual([OLD]);
    expect(sortRecords([OLD], ENTRIES, OWNER, [])).toEqual({ ours: [], orphaned: [], foreign: [OLD] });
  });
});
