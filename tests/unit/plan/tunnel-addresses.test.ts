import { addressPlan } from "../../../plan/tunnel-addresses";
import { parseCidr } from "../../../lib/cidr";

describe("parseCidr", () => {
  test.each([
    ["10.77.0.0/24", 0x0a4d0000, 24],
    ["0.0.0.0/0", 0, 0],
    ["255.255.255.255/32", 0xffffffff, 32],
    ["192.168.77.128/25", 0xc0a84d80, 25],
  ])("%s", (cidr, base, prefix) => {
    expect(parseCidr(cidr)).toEqual({ base, prefix });
  });

  test.each([
    "",
    "10.77.0.0",
    "10.77.0/24",
    "10.77.0.0/33",
    "10.77.0.256/24",
    "10.77.0.0/24 ",
    "fd00::/64",
    "a.b.c.d/8",
  ])("rejects '%s', which is no network", (cidr) => {
    expect(() => parseCidr(cidr)).toThrow(`${cidr} is not an IPv4 network such as 10.77.0.0/24`);
  });

  test("rejects an address within a network and names the network", () => {
    expect(() => parseCidr("10.77.0.9/24")).toThrow("10.77.0.9/24 is an address inside a network: write 10.77.0.0/24");
  });
});

describe("addressPlan", () => {
  test("the hub is the first address, the first server the next", () => {
    const { hub, spokes, prefix, anySpoke } = addressPlan("10.77.0.0/24", ["pi"]);
    expect([hub, spokes, prefix, anySpoke]).toEqual(["10.77.0.1", ["10.77.0.2"], 24, "10.77.0.2-10.77.0.254"]);
  });

  test("the others have addresses of their names, so that one that is taken out leaves the rest where they are", () => {
    const all = addressPlan("10.77.0.0/24", ["pi", "one", "two", "three"]).spokes;
    const fewer = addressPlan("10.77.0.0/24", ["pi", "two", "three"]).spokes;
    expect(all.filter((_, index) => index !== 1)).toEqual(fewer);
  });

  test.each([
    ["a server that wanted the same leaves", ["pi", "srv50"], ["10.77.0.2", "10.77.0.35"]],
    ["another is first", ["srv50", "pi", "srv2"], ["10.77.0.35", "10.77.0.2", "10.77.0.34"]],
    ["the first is replaced", ["attic", "srv50"], [expect.not.stringMatching(/\.2$/), "10.77.0.35"]],
  ])("an address that was given stays where %s", (_, names, spokes) => {
    const all = ["pi", "srv2", "srv50"];
    const before = addressPlan("10.77.0.0/24", all).spokes;
    expect(before).toEqual(["10.77.0.2", "10.77.0.34", "10.77.0.35"]);
    expect(addressPlan("10.77.0.0/24", names, given(all, before)).spokes).toEqual(spokes);
  });

  test("another network gives new ones", () => {
    const before = given(["pi", "one"], ["10.77.0.2", "10.77.0.1"]);
    expect(addressPlan("10.88.0.0/24", ["pi", "one"], before)).toEqual(addressPlan("10.88.0.0/24", ["pi", "one"]));
  });

  test("the address of one that leaves is taken where no other is free", () => {
    const before = given(["pi"], ["10.77.0.6"]);
    expect(addressPlan("10.77.0.4/30", ["attic"], before).spokes).toEqual(["10.77.0.6"]);
  });

  test("takes the smallest network that holds hub and server", () => {
    expect(addressPlan("10.77.0.4/30", ["pi"]).spokes).toEqual(["10.77.0.6"]);
  });

  test("finds a place for each in a network that is just large enough", () => {
    const { spokes } = addressPlan("10.77.0.0/29", ["pi", "one", "two", "three", "four"]);
    expect([...spokes].sort()).toEqual(["10.77.0.2", "10.77.0.3", "10.77.0.4", "10.77.0.5", "10.77.0.6"]);
  });

  test.each([
    ["10.77.0.0/30", ["pi", "one"], "10.77.0.0/30: has room for 2 machines, and the stack has 3"],
    ["10.77.0.0/31", ["pi"], "10.77.0.0/31: has room for 0 machines, and the stack has 2"],
    ["10.77.0.1/32", ["pi"], "10.77.0.1/32: has room for 0 machines, and the stack has 2"],
  ])("rejects %s for %j", (cidr, servers, message) => {
    expect(() => addressPlan(cidr, servers)).toThrow(message);
  });
});

function given(names: readonly string[], addresses: readonly string[]): Map<string, string> {
  return new Map(names.map((name, index) => [name, addresses[index] ?? ""]));
}
