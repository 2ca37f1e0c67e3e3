import { preflight } from "../../../components/machine/preflight";
import { EDGE, facts, server, deployed } from "../../support/machine-facts";

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
      const { errors } = preflight(facts(line), expected);
      expect(errors).toEqual([expect.stringContaining(named)]);
      expect(errors[0]).toContain(remedy);
    }
  });

  test.each(CASES)("%s is a warning once the host is deployed", (line, named) => {
    expect(preflight(deployed(line), EDGE)).toEqual({
      problems: [],
      tunnel: [],
      errors: [],
      warnings: [expect.stringContaining(named) as string],
    });
  });

  test("that is ufw is not reported again by its rules", () => {
    expect(preflight(facts("firewall ufw", "reject iptables INPUT policy DROP"), EDGE).errors).toHaveLength(1);
  });

  test("left by a stopped Docker is no error on a server, and one on the edge", () => {
    const left = facts("reject iptables FORWARD policy DROP");
    expect(preflight(left, server()).errors).toEqual([]);
    expect(preflight(left, EDGE).errors).toEqual([expect.stringContaining("'iptables -P FORWARD ACCEPT'")]);
  });

  test("that is Docker, on the edge", () => {
    expect(preflight(facts("docker running", "reject iptables FORWARD policy DROP"), EDGE).errors).toEqual([
      expect.stringContaining("Docker runs on the edge"),
    ]);
  });

  test("that is Docker, on the edge, goes with a proxy of ours", () => {
    const ours = deployed("docker running", "listener 443/tcp 0.0.0.0 homeport traefik-vps-1a2b3c4");
    expect(preflight(ours, EDGE)).toEqual({ errors: [], problems: [], tunnel: [], warnings: [] });
  });

  test("that Docker will leave on the edge is reported before", () => {
    const listener = "listener 443/tcp 0.0.0.0 homeport traefik-vps-1a2b3c4";
    const ours = deployed("docker running", listener, "reject iptables FORWARD policy DROP");
    expect(preflight(ours, EDGE)).toEqual({
      problems: [],
      tunnel: [],
      errors: [],
      warnings: [expect.stringContaining("'iptables -P FORWARD ACCEPT'")],
    });
  });

  test("that is nftables.service is a warning", () => {
    expect(preflight(facts("nftables-service enabled"), EDGE)).toEqual({
      problems: [],
      tunnel: [],
      errors: [],
      warnings: [expect.stringContaining("'systemctl disable nftables.service'") as string],
    });
  });
});
