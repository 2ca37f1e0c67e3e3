import { refuseOverlap, takenByResolvers, takenByRoutes } from "../../../lab/network/overlap";

const WANTED = [
  { cidr: "198.51.100.0/24", option: "--internet" },
  { cidr: "192.168.77.0/24", option: "--home" },
] as const;

describe("overlap", () => {
  it("lets networks through that nobody has", () => {
    expect(() => {
      refuseOverlap(WANTED, [{ cidr: "192.168.1.0/24", owner: "route of eth0" }]);
    }).not.toThrow();
  });

  it("rejects a network that is taken, with its owner and both names of the setting", () => {
    expect(() => {
      refuseOverlap(WANTED, [{ cidr: "192.168.0.0/16", owner: "route of wlan0" }]);
    }).toThrow(
      "192.168.77.0/24 is in use (192.168.0.0/16, route of wlan0): choose another network with --home or HOMEPORT_LAB_HOME",
    );
  });

  it("rejects all that are taken at once", () => {
    const taken = [
      { cidr: "198.51.100.7/32", owner: "route of tun0" },
      { cidr: "192.168.77.0/25", owner: "Docker network other" },
    ];
    expect(() => {
      refuseOverlap(WANTED, taken);
    }).toThrow(/--internet.*\n.*--home/);
  });

  it("reads the machine's routes, without the default route and the lab's own bridges", () => {
    const routes = JSON.stringify([
      { dst: "default", gateway: "192.168.1.1", dev: "eth0" },
      { dst: "192.168.1.0/24", dev: "eth0" },
      { dst: "10.8.0.1", dev: "tun0" },
      { dst: "198.51.100.0/24", dev: "br-0123456789ab" },
      { type: "blackhole", dst: "10.99.0.0/16" },
    ]);
    expect(takenByRoutes(routes, new Set(["br-0123456789ab"]))).toEqual([
      { cidr: "192.168.1.0/24", owner: "route of eth0" },
      { cidr: "10.8.0.1/32", owner: "route of tun0" },
      { cidr: "10.99.0.0/16", owner: "route of blackhole" },
    ]);
    expect(takenByRoutes("", new Set())).toEqual([]);
  });

  it("reads the machine's name servers", () => {
    const text = "# comment\nnameserver 192.168.77.1\nnameserver fe80::1\noptions edns0\n";
    expect(takenByResolvers(text)).toEqual([{ cidr: "192.168.77.1/32", owner: "name server in /etc/resolv.conf" }]);
  });
});
