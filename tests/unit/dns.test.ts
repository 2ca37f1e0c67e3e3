import { siteEntries } from "../../components/dns";

test("each name of the site is an A record of the edge, in the order of the settings", () => {
  expect(siteEntries(["www.example.org", "example.org"], "198.51.100.10")).toEqual([
    { type: "A", name: "www.example.org", content: "198.51.100.10" },
    { type: "A", name: "example.org", content: "198.51.100.10" },
  ]);
});
