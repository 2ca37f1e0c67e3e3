import { siteLines, SiteLook, siteProblems } from "../../../components/site/site-look";

const AT = {
  url: new URL("https://www.example.org/"),
  names: ["www.example.org"],
  edge: "198.51.100.10",
  proxied: false,
  seconds: 2,
};
const NOW = new Date("2026-12-01T00:00:00Z");
const ANSWER = { status: 200, issuer: "R10", until: "Feb  1 00:00:00 2027 GMT", distrust: undefined };

const problems = (look: Partial<SiteLook>, at = AT): string[] =>
  siteProblems(at, { answer: ANSWER, addresses: { "www.example.org": ["198.51.100.10"] }, ...look }, NOW);

test("a site that answers, at an address that the resolver has or does not know, has no problem", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ addresses: { "www.example.org": [] } })).toEqual([]);
  expect(problems({ answer: { ...ANSWER, status: 404 } })).toEqual([]);
  expect(problems({ addresses: { "www.example.org": ["104.16.0.1"] } }, { ...AT, proxied: true })).toEqual([]);
});

test.each([
  [
    "no answer",
    { answer: { failed: "no answer within 2 s" } },
    "does not answer visitors: no answer within 2 s (asked 198.51.100.10, port 443)",
  ],
  [
    "the proxy's error",
    { answer: { ...ANSWER, status: 502 } },
    "answers visitors 502: the proxy reaches no container that works",
  ],
  ["its own error", { answer: { ...ANSWER, status: 500 } }, "answers visitors 500: its own error is in 'npm run logs'"],
  [
    "another address",
    { addresses: { "www.example.org": ["203.0.113.9"] } },
    "www.example.org points to 203.0.113.9, not to the edge 198.51.100.10",
  ],
  [
    "an address of the other kind",
    { addresses: { "example.org": ["198.51.100.10", "2001:db8::9"] } },
    "example.org points to 2001:db8::9, and not only to the edge 198.51.100.10, so visitors who take that address",
  ],
  ["a late certificate", { answer: { ...ANSWER, until: "Dec  2 00:00:00 2026 GMT" } }, "ends in 1 day(s)"],
  ["a certificate that has ended", { answer: { ...ANSWER, until: "Nov  2 00:00:00 2026 GMT" } }, "has ended"],
])("%s is a problem with its remedy", (_, look, text) => {
  expect(problems(look)).toEqual([expect.stringContaining(text) as string]);
});

test("the look is told in lines", () => {
  expect(siteLines({ answer: ANSWER, addresses: { "www.example.org": [], "example.org": ["198.51.100.10"] } })).toEqual(
    [
      "answers visitors: 200",
      "certificate by R10, valid until Feb  1 00:00:00 2027 GMT (trusted here)",
      "DNS: www.example.org does not resolve from here",
      "DNS: example.org is 198.51.100.10",
    ],
  );
});
