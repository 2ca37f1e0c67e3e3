import { examine } from "../../../components/machine/preflight";
import { EDGE, facts, server, told } from "../../support/machine-facts";

describe("a foreign firewall", () => {
  const CASES: [string, string, string][] = [
    ["firewall ufw", "ufw is active", "'ufw disable'"],
    ["firewall firewalld", "firewalld is active", "'systemctl disable --now firewalld'"],
    [
      "reject iptables INPUT -j REJECT --reject-with icmp-host-prohibited",
      "iptables INPUT rejects what",
      "'iptables -D INPUT -j REJECT --reject-with icmp-host-prohibited'",
    ],
    ["reject ip6tables FORWARD policy DROP", "ip6tables FORWARD rejects what", "'ip6tables -P FORWARD ACCEPT'"],
    [
      "reject nft inet filter input policy drop",
      "nft table inet filter rejects what",
      "'nft delete table inet filter'",
    ],
  ];

  test.each(CASES)("%s is named with its remedy before ours is loaded", (line, named, remedy) => {
    for (const expected of [EDGE, server()]) {
      const { faults } = examine(facts(line), expected);
      expect(faults).toEqual([expect.stringContaining(named)]);
      expect(faults[0]).toContain(remedy);
    }
  });

  test.each(CASES)("%s is a caution once the host is deployed", (line, named) => {
    expect(examine(told(line), EDGE)).toEqual({
      faults: [],
      cautions: [expect.stringContaining(named) as string],
    });
  });

  test("that is ufw is not told of a second time by its rules", () => {
    expect(examine(facts("firewall ufw", "reject iptables INPUT policy DROP"), EDGE).faults).toHaveLength(1);
  });

  test("that a Docker has left which was stopped is no fault on a server, and one on the edge", () => {
    const left = facts("reject iptables FORWARD policy DROP");
    expect(examine(left, server()).faults).toEqual([]);
    expect(examine(left, EDGE).faults).toEqual([expect.stringContaining("'iptables -P FORWARD ACCEPT'")]);
  });

  test("that is Docker, on the edge", () => {
    expect(examine(facts("docker running", "reject iptables FORWARD policy DROP"), EDGE).faults).toEqual([
      expect.stringContaining("Docker runs on the edge"),
    ]);
  });

  test("that is Docker, on the edge, goes with a proxy of ours", () => {
    const ours = told("docker running", "listener 443/tcp 0.0.0.0 homeport traefik-vps-1a2b3c4");
    expect(examine(ours, EDGE)).toEqual({ faults: [], cautions: [] });
  });

  test("that Docker will leave when it goes from the edge is told before", () => {
    const listener = "listener 443/tcp 0.0.0.0 homeport traefik-vps-1a2b3c4";
    const ours = told("docker running", listener, "reject iptables FORWARD policy DROP");
    expect(examine(ours, EDGE)).toEqual({
      faults: [],
      cautions: [expect.stringContaining("'iptables -P FORWARD ACCEPT'")],
    });
  });

  test("that is nftables.service is a caution", () => {
    expect(examine(facts("nftables-service enabled"), EDGE)).toEqual({
      faults: [],
      cautions: [expect.stringContaining("'systemctl disable nftables.service'") as string],
    });
  });
});
