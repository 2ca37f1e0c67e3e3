import { siteName } from "../../../components/site/stack-names";

test.each([
  ["homeport", "production"],
  ["homeport", "dev"],
  ["my-site", "stage-2"],
])("%s and %s stay as they are", (project, stack) => {
  expect(siteName(project, stack)).toBe(`${project}-${stack}`);
});

test.each([
  ["My.Site", "Prod_1"],
  ["homeport", "a".repeat(60)],
  ["x".repeat(100), "y".repeat(100)],
  ["._-", "..."],
  ["home--port", "-dev-"],
  ["homeport", "DEV"],
])("%s and %s become a name for images, hosts, paths and units", (project, stack) => {
  const name = siteName(project, stack);
  // An image's repository is the strictest of them; a host's name is a label of the DNS.
  expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(`${name}-postgres`.length).toBeLessThanOrEqual(63);
});

test("names that differ in anything stay apart", () => {
  const long = "a".repeat(60);
  const all = [
    ["s", "dev"],
    ["s", "Dev"],
    ["s", "d.ev"],
    ["s", "d_ev"],
    ["s", long],
    ["s", `${long}b`],
  ] as const;
  expect(new Set(all.map(([project, stack]) => siteName(project, stack))).size).toBe(all.length);
});
