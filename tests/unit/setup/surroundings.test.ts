import { readLook } from "../../../setup/machine-look";
import { natOf } from "../../../setup/nat";
import { piNeighbours } from "../../../setup/nearby";
import { parents } from "../../../setup/zone-search";

test.each([
  [["192.168.1.1", "100.72.3.1", "203.0.113.9"], "carrier-grade"],
  [["192.168.1.1", undefined, "100.64.0.1"], "carrier-grade"],
  [["192.168.1.1", "192.168.178.1", "198.51.100.1"], "double"],
  [["192.168.1.1", "10.0.0.1"], "double"],
  [["192.168.1.1", "198.51.100.1"], "one router"],
  // Outside of 100.64.0.0/10 on either side.
  [["192.168.1.1", "100.63.255.254"], "one router"],
  [["192.168.1.1", "100.128.0.1"], "one router"],
  [["192.168.1.1", undefined, undefined], "unknown"],
  [[], "unknown"],
])("%j is %s", (hops, kind) => {
  expect(natOf(hops).kind).toBe(kind);
});

test("Raspberry Pis are known by their network cards", () => {
  const text = [
    "192.168.1.20 dev eth0 lladdr b8:27:eb:01:02:03 REACHABLE",
    "192.168.1.21 dev eth0 lladdr 00:11:22:33:44:55 STALE",
    "192.168.1.22 dev eth0 FAILED",
    "192.168.1.23 dev wlan0 lladdr d8:3a:dd:aa:bb:cc router STALE",
    "fe80::1 dev eth0 lladdr dc:a6:32:00:00:01 router REACHABLE",
  ].join("\n");
  expect(piNeighbours(text)).toEqual(["192.168.1.20", "192.168.1.23"]);
});

const LOOK =
  "system Raspbian GNU/Linux 12 (bookworm)\nkernel aarch64\nprograms armhf\nsudo yes\nmemory 926\ndisk 12000\nhop 192.168.1.1\nhop -\n";

test("dpkg decides what images a machine runs, whatever its kernel", () => {
  expect(readLook(LOOK)).toEqual({
    system: "Raspbian GNU/Linux 12 (bookworm)",
    platform: "linux/arm/v7",
    processor: "armhf",
    sudo: true,
    memoryMb: 926,
    freeMb: 12000,
    hops: ["192.168.1.1", undefined],
  });
});

test("what a login shell prints besides is left out", () => {
  expect(readLook(`Welcome to the Pi!\n\n${LOOK}`).platform).toBe("linux/arm/v7");
});

test("without dpkg the kernel's word is shown, and there is no platform", () => {
  const look = readLook("system Alpine Linux\nkernel riscv64\nprograms unknown\nsudo no\n");
  expect(look).toMatchObject({ platform: undefined, processor: "riscv64", sudo: false });
});

test("a zone is searched for from the domain up, and never at a top-level domain", () => {
  expect(parents("blog.example.co.uk")).toEqual(["blog.example.co.uk", "example.co.uk", "co.uk"]);
  expect(parents("example.org")).toEqual(["example.org"]);
});
