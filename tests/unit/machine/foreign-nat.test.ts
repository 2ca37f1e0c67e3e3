import { preflight } from "../../../components/machine/preflight";
import { edgeExpectation } from "../../../components/site/vps";
import { TUNNEL } from "../../support/fixtures";
import { EDGE, facts, server, deployed } from "../../support/machine-facts";

const PROXY = edgeExpectation({ name: "vps", port: 22 }, TUNNEL, []);

/** The usual way to set an edge up by hand. */
const BY_HAND = [
  "nat iptables PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80",
  "nat iptables PREROUTING -i eth0 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.2:443",
  "nat iptables POSTROUTING -o wg0 -j MASQUERADE",
];

test("rules set up by hand on the edge are named, each with the command that removes it", () => {
  for (const edge of [EDGE, PROXY]) {
    const { errors } = preflight(facts(...BY_HAND), edge);
    expect(errors).toHaveLength(3);
    expect(errors[0]).toContain("iptables PREROUTING sends the site's ports elsewhere");
    expect(errors[0]).toContain(
      "'iptables -t nat -D PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80'",
    );
    expect(errors[2]).toContain("iptables POSTROUTING hides visitors' addresses (-o wg0 -j MASQUERADE)");
    expect(errors[2]).toContain("'iptables -t nat -D POSTROUTING -o wg0 -j MASQUERADE'");
  }
});

test("on a deployed host it is a warning", () => {
  const { errors, warnings } = preflight(deployed(...BY_HAND), EDGE);
  expect([errors, warnings.length]).toEqual([[], 3]);
});

describe("an error on every machine", () => {
  test.each([
    ["nat iptables POSTROUTING -j MASQUERADE"],
    ["nat iptables POSTROUTING ! -o eth0 -j MASQUERADE"],
    ["nat iptables POSTROUTING -o wg+ -j SNAT --to-source 10.0.0.1"],
    ["nat iptables POSTROUTING -s 10.0.0.0/8 -o wg0 -j MASQUERADE"],
    ['nat nft inet mine post 5 oifname { "eth0", "wg0" } counter masquerade'],
    ['nat nft inet mine post 5 oifname "wg*" masquerade'],
    ["nat nft ip mine post 5 masquerade"],
    ["nat iptables PREROUTING -p tcp -m multiport --dports 22,443 -j DNAT --to-destination 10.0.0.2"],
    ["nat iptables PREROUTING ! -i eth0 -p tcp -m tcp --dport 1:1024 -j REDIRECT --to-ports 8080"],
    ["nat iptables PREROUTING -j DNAT --to-destination 10.0.0.2"],
    ["nat nft inet mine pre 7 tcp dport { 80, 443 } dnat ip to 10.0.0.2"],
    ["nat nft inet mine pre 7 tcp dport 80-443 redirect to :8080"],
  ])("%s", (rule) => {
    for (const expected of [EDGE, PROXY, server()]) expect(preflight(facts(rule), expected).errors).toHaveLength(1);
  });

  test("a rule of nftables goes by its handle", () => {
    const [fault] = preflight(facts('nat nft inet mine post 5 oifname "wg0" masquerade'), EDGE).errors;
    expect(fault).toContain("'nft delete rule inet mine post handle 5'");
  });
});

describe("no error anywhere", () => {
  test.each([
    ["Docker's", "nat iptables POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"],
    [
      "Docker's for a container that calls itself",
      "nat iptables POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
    ],
    ["Docker's by nft", 'nat nft ip nat POSTROUTING 5 oifname != "docker0" ip saddr 172.17.0.0/16 masquerade'],
    ["an uplink's", "nat iptables POSTROUTING -o ppp0 -j MASQUERADE"],
    ["an uplink's by nft", 'nat nft inet mine post 5 oifname "eth0" masquerade'],
    ["another port", "nat iptables PREROUTING -i eth0 -p tcp -m tcp --dport 2222 -j DNAT --to-destination 10.0.0.2:22"],
    ["another protocol", "nat iptables PREROUTING -p udp -m udp --dport 443 -j DNAT --to-destination 10.0.0.2"],
    ["another protocol by nft", "nat nft inet mine pre 7 udp dport 443 dnat ip to 10.0.0.2"],
    [
      "what comes from a home",
      "nat iptables PREROUTING -s 192.168.0.0/16 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128",
    ],
    ["marked packets", "nat iptables POSTROUTING -m mark --mark 0x1 -j MASQUERADE"],
  ])("%s: %s", (_, rule) => {
    for (const expected of [EDGE, PROXY, server()])
      expect(preflight(facts(rule), expected)).toEqual({ errors: [], problems: [], tunnel: [], warnings: [] });
  });
});

describe("no error on a server, whose visitors come out of the tunnel", () => {
  test.each([
    ["nat iptables PREROUTING -i ppp0 -p tcp -m tcp --dport 443 -j DNAT --to-destination 192.168.77.20"],
    ["nat iptables PREROUTING ! -i wg0 -p tcp -m tcp --dport 443 -j DNAT --to-destination 192.168.77.20"],
    ["nat iptables PREROUTING -d 192.168.77.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.77.20"],
    ['nat nft inet mine pre 7 iifname "ppp0" tcp dport 443 dnat ip to 192.168.77.20'],
  ])("%s", (rule) => {
    expect(preflight(facts(rule), server()).errors).toEqual([]);
    expect(preflight(facts(rule), EDGE).errors).toHaveLength(1);
  });

  test("what comes out of the tunnel is no visitor's on the edge, and a visitor's on a server", () => {
    const rule = facts("nat iptables PREROUTING -i wg0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2");
    expect(preflight(rule, EDGE).errors).toEqual([]);
    expect(preflight(rule, server()).errors).toHaveLength(1);
  });
});
