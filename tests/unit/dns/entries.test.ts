import { caaIssuer, SiteNames, siteEntries } from "../../../components/dns/entries";

const SITE: SiteNames = {
  domain: "example.org",
  hosts: ["www.example.org", "example.org"],
  address: "198.51.100.10",
  caa: "names",
  issuer: "letsencrypt.org",
};
const lines = (site: SiteNames): string[] =>
  siteEntries(site).map(({ type, name, content }) => [type, name, content].join(" "));

const ADDRESSES = ["A www.example.org 198.51.100.10", "A example.org 198.51.100.10"];
const WWW = 'CAA www.example.org 0 issue "letsencrypt.org"';
const APEX = 'CAA example.org 0 issue "letsencrypt.org"';

test.each([
  ["names", [WWW]],
  ["domain", [WWW, APEX]],
  ["none", []],
] as const)("each name is an A record of the edge; with caa: %s the CAA records follow", (caa, records) => {
  expect(lines({ ...SITE, caa })).toEqual([...ADDRESSES, ...records]);
});

test("without a known authority there is no CAA record: it would forbid every certificate", () => {
  expect(lines({ ...SITE, caa: "domain", issuer: undefined })).toEqual(ADDRESSES);
});

test("there is no AAAA record: nothing forwards IPv6 to the server", () => {
  expect(siteEntries({ ...SITE, caa: "domain" }).map(({ type }) => type)).not.toContain("AAAA");
});

test.each([
  [{ directory: "staging" }, "letsencrypt.org; validationmethods=http-01"],
  [{ directory: "production" }, "letsencrypt.org; validationmethods=http-01"],
  [{ directory: "https://acme-v02.api.letsencrypt.org/directory" }, "letsencrypt.org; validationmethods=http-01"],
  [{ directory: "https://acme.test:14000/dir" }, undefined],
  [{ directory: "https://api.letsencrypt.org.example/dir" }, undefined],
  [{ directory: "https://dv.acme-v02.api.pki.goog/directory", caaIssuer: "pki.goog" }, "pki.goog"],
  [{ directory: "production", caaIssuer: "other.test" }, "other.test"],
])("the authority of %j in CAA records is %s", (tls, issuer) => {
  expect(caaIssuer({ challenge: "http-01", ...tls })).toBe(issuer);
});

test("with DNS-01 Let's Encrypt is to take no other challenge", () => {
  expect(caaIssuer({ directory: "production", challenge: "dns-01" })).toBe("letsencrypt.org; validationmethods=dns-01");
});
