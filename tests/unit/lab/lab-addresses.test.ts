import * as fc from "fast-check";

import { labAddresses } from "../../../lab/network/lab-addresses";
import { formatAddress, formatCidr, overlaps, parseAddress, parseCidr, sizeOf } from "../../../lib/cidr";

describe("the addresses of a lab", () => {
  it("gives the documented addresses by default", () => {
    expect(labAddresses("198.51.100.0/24", "192.168.77.0/24")).toEqual({
      internet: "198.51.100.0/24",
      home: "192.168.77.0/24",
      gateway: "198.51.100.1",
      vps: "198.51.100.10",
      one: "198.51.100.11",
      two: "198.51.100.12",
      db: "198.51.100.50",
      s3: "198.51.100.51",
      router: "198.51.100.20",
      visitor: "198.51.100.30",
      acme: "198.51.100.40",
      dns: "198.51.100.53",
      pi: "192.168.77.10",
      routerAtHome: "192.168.77.2",
    });
  });

  it.each([
    ["198.51.100.0/27", "192.168.77.0/24", /--internet .* is too small/],
    ["198.51.100.0/24", "192.168.77.0/30", /--home .* is too small/],
    ["10.0.0.0/8", "10.1.0.0/24", /overlap: choose two apart/],
    ["198.51.100.1/24", "192.168.77.0/24", /write 198\.51\.100\.0\/24/],
    ["198.51.100.0", "192.168.77.0/24", /not an IPv4 network/],
    ["198.51.100.0/33", "192.168.77.0/24", /not an IPv4 network/],
    ["198.51.256.0/24", "192.168.77.0/24", /not an IPv4 network/],
  ])("rejects %s and %s", (internet, home, message) => {
    expect(() => labAddresses(internet, home)).toThrow(message);
  });
});

describe("cidr", () => {
  const cidr = fc
    .record({ address: fc.nat(0xffffffff), prefix: fc.integer({ min: 0, max: 32 }) })
    .map(({ address, prefix }) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }));

  it("reads what it writes", () => {
    fc.assert(
      fc.property(cidr, (one) => {
        expect(parseCidr(formatCidr(one))).toEqual(one);
      }),
    );
    fc.assert(fc.property(fc.nat(0xffffffff), (one) => parseAddress(formatAddress(one)) === one));
  });

  it("finds an overlap exactly where the first or last address of one lies in the other", () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const contains = (address: number): boolean => address >= a.base && address < a.base + sizeOf(a);
        const expected =
          contains(b.base) || contains(b.base + sizeOf(b) - 1) || (b.base <= a.base && a.base < b.base + sizeOf(b));
        return overlaps(a, b) === expected && overlaps(b, a) === expected;
      }),
    );
  });
});
