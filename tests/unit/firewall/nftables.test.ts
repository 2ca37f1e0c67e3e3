import {
  EdgeFirewall,
  renderEdgeFirewall,
  renderServerFirewall,
  ServerFirewall,
} from "../../../components/firewall/nftables";
import { TUNNEL } from "../../support/fixtures";

const EDGE: EdgeFirewall = { sshPort: 22, sshFrom: [], tunnel: TUNNEL, target: "10.77.0.2", relayed: [] };
const SERVER: ServerFirewall = {
  tunnel: TUNNEL,
  address: "10.77.0.2",
  terminatesTls: true,
  place: "home",
  sshPort: 22,
  sshFrom: [],
  sshOverTunnel: undefined,
  open: [],
  inner: [],
  innerPorts: [],
};

const edge = renderEdgeFirewall(EDGE);
const server = renderServerFirewall(SERVER);

describe.each([
  ["the edge's", edge],
  ["the server's", server],
])("%s table", (_, rules) => {
  test("is replaced in one transaction, and no other table is named", () => {
    expect(rules.split("\n").slice(1, 4)).toEqual([
      "table inet homeport",
      "delete table inet homeport",
      "table inet homeport {",
    ]);
    expect(rules).not.toMatch(/flush/);
    expect(rules.match(/table /g)).toHaveLength(3);
  });

  test("does not hide a visitor's address", () => {
    expect(rules).not.toMatch(/masquerade|snat/);
  });

  test("says that it is managed, and where it is made", () => {
    expect(rules.split("\n")[0]).toBe(
      "# Managed by Homeport (components/render/nftables.ts); edits are found by 'pulumi preview' and overwritten by 'pulumi up'.",
    );
  });

  test.each(["iifname", "oifname"])("lowers the segment size of both directions: %s", (side) => {
    expect(rules).toContain(
      `${side} "wg0" tcp flags syn / syn,rst tcp option maxseg size > 1380 tcp option maxseg size set 1380`,
    );
  });
});

describe("the edge", () => {
  test.each(["input", "forward"])("drops by default what is not named: %s", (hook) => {
    expect(edge).toContain(`type filter hook ${hook} priority filter; policy drop;`);
  });

  test("answers ssh and the tunnel, and no other TCP or UDP port but that of DHCP", () => {
    expect(chain(edge, "input").match(/dport [^ ]+/g)).toEqual(expect.arrayContaining(["dport 22", "dport 51820"]));
    expect(chain(edge, "input").match(/tcp dport [^ ]+/g)).toEqual(["tcp dport 22"]);
  });

  test("opens ssh to any network unless some are named", () => {
    expect(edge).toContain("\t\ttcp dport 22 accept\n");
    expect(renderEdgeFirewall({ ...EDGE, sshPort: 2222, sshFrom: ["198.51.100.0/24", "10.0.0.0/8"] })).toContain(
      "\t\tip saddr { 198.51.100.0/24, 10.0.0.0/8 } tcp dport 2222 accept\n",
    );
  });

  test("sends the site's ports to the server, and nothing out of the tunnel anywhere", () => {
    expect(edge).toContain('iifname != "wg0" fib daddr type local tcp dport { 80, 443 } dnat ip to 10.77.0.2');
    expect(chain(edge, "forward").match(/^.* accept$/gm)).toEqual([
      "\t\tct state established,related accept",
      '\t\tiifname != "wg0" oifname "wg0" ip daddr 10.77.0.2 tcp dport { 80, 443 } ct status dnat accept',
    ]);
  });
});

describe("the server", () => {
  const filter = chain(server, "from-tunnel").trim().split("\n");

  test("filters before any DNAT, and drops whatever else comes out of the tunnel", () => {
    expect(filter[0]).toContain("hook prerouting priority mangle;");
    expect(filter.at(-1)?.trim()).toBe("drop");
  });

  test("takes new connections to the site's ports of its own address only", () => {
    expect(filter.filter((rule) => rule.includes("ct state new"))).toEqual([
      "\t\tip daddr 10.77.0.2 tcp dport { 80, 443 } ct state new ct mark set 0x6870 accept",
    ]);
  });

  test.each(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16"])(
    "refuses a forged source of %s before it checks ports",
    (network) => {
      const drop = filter.findIndex((rule) => rule.includes(network) && rule.endsWith(" drop"));
      expect(drop).toBeGreaterThan(0);
      expect(drop).toBeLessThan(filter.findIndex((rule) => rule.includes("ct state new")));
    },
  );

  test("leaves what does not come out of the tunnel alone, but for the mark of answers", () => {
    expect(filter[1]).toBe('\t\tiifname != "wg0" ct mark 0x6870 meta mark set ct mark');
    expect(filter[2]).toBe('\t\tiifname != "wg0" accept');
  });

  test("marks its own answers so that they are routed again", () => {
    expect(chain(server, "own-answers")).toContain("type route hook output priority mangle; policy accept;");
    expect(chain(server, "own-answers")).toContain("ct direction reply ct mark 0x6870 meta mark set ct mark");
  });

  test("answers at home ssh, mDNS, the site and the admin, and by default no other port but that of DHCP", () => {
    expect(chain(server, "input")).toContain("type filter hook input priority filter; policy drop;");
    expect(chain(server, "input").match(/dport ({.*?}|\S+)/g)).toEqual([
      "dport 68",
      "dport 546",
      "dport { 80, 443 }",
      "dport 5353",
      "dport 22",
      "dport 8443",
    ]);
  });

  test("answers nothing but the site before it drops what comes out of the tunnel", () => {
    const [before = ""] = chain(server, "input").split('iifname "wg0" drop');
    expect(before.match(/.* accept/g)).toEqual([
      "\t\tct state established,related accept",
      '\t\tiifname "lo" accept',
      "\t\tudp sport 67 udp dport 68 accept",
      "\t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
      "\t\tmeta nfproto ipv4 tcp dport { 80, 443 } accept",
    ]);
  });

  test("opens further ports at home by a setting, each once", () => {
    const rules = chain(renderServerFirewall({ ...SERVER, open: ["445/tcp", "53/udp", "53/tcp", "445/tcp"] }), "input");
    expect(rules.split('iifname "wg0" drop')[1]).toMatch(
      /\n\t\ttcp dport { 53, 445 } accept\n\t\tudp dport { 53 } accept$/,
    );
  });

  describe("with ports that Docker publishes for the tunnel's ends", () => {
    const inner = [
      { from: "10.77.0.1", to: "10.77.0.2", port: 8444 },
      { from: "10.77.0.9", to: "10.77.0.2", port: 5432 },
    ];
    const CLOSED = 'iifname != { "lo", "wg0" } fib daddr type local tcp dport { 5432, 8444 } drop';
    const rulesOf = (over: Partial<ServerFirewall>): string[] =>
      chain(renderServerFirewall({ ...SERVER, innerPorts: [8444, 5432], ...over }), "from-tunnel")
        .split("\n")
        .map((rule) => rule.trim());

    test.each(["home", "public"] as const)("closes them to everybody else before anything is let in: %s", (place) => {
      for (const over of [{ place }, { place, inner }, { place, inner, terminatesTls: false }]) {
        const rules = rulesOf(over);
        expect(rules).toContain(CLOSED);
        expect(rules.indexOf(CLOSED)).toBeLessThan(rules.findIndex((rule) => /accept$|jump/.test(rule)));
      }
    });

    test("lets in who is named, to the port that is named, and nobody else out of the tunnel", () => {
      const rules = rulesOf({ inner, terminatesTls: false });
      expect(rules.filter((rule) => rule.includes("ct state new"))).toEqual([
        "ip saddr 10.77.0.1 ip daddr 10.77.0.2 tcp dport 8444 ct state new accept",
        "ip saddr 10.77.0.9 ip daddr 10.77.0.2 tcp dport 5432 ct state new accept",
      ]);
      expect(rules.at(-1)).toBe("drop");
    });

    test("closes none where there are none", () => {
      expect(server).not.toContain("fib daddr type local");
    });
  });

  describe("with a public address", () => {
    const rules = renderServerFirewall({
      ...SERVER,
      place: "public",
      terminatesTls: false,
      sshFrom: ["198.51.100.0/24"],
    });

    test("answers ssh and nothing else, before Docker's rules", () => {
      expect(chain(rules, "from-tunnel")).toContain(
        'iifname != { "lo", "wg0" } iifname != "docker0" iifname != "br-*" jump outside',
      );
      expect(chain(rules, "outside").match(/tcp dport \S+/g)).toEqual(["tcp dport 22"]);
      expect(chain(rules, "outside")).toMatch(/ip saddr \{ 198\.51\.100\.0\/24 \} tcp dport 22 accept\n\t\tdrop$/);
    });

    test("has neither neighbours nor the admin", () => {
      expect(rules).not.toMatch(/5353|8443/);
    });
  });

  test("lets no ssh out of the tunnel", () => {
    expect(chain(server, "from-tunnel")).not.toContain("dport 22");
  });

  test("lets ssh of the edge itself out of the tunnel by a setting, before its private source is refused", () => {
    const rules = renderServerFirewall({ ...SERVER, sshPort: 2222, sshOverTunnel: "10.77.0.1" });
    const [before = ""] = chain(rules, "from-tunnel").split("ip saddr { ");
    expect(before).toContain("\t\tip saddr 10.77.0.1 ip daddr 10.77.0.2 tcp dport 2222 ct state new accept\n");
    const [inside = ""] = chain(rules, "input").split('iifname "wg0" drop');
    expect(inside).toContain('\t\tiifname "wg0" ip saddr 10.77.0.1 ip daddr 10.77.0.2 tcp dport 2222 accept\n');
  });

  test("follows the interface's name and packet size", () => {
    const other = renderServerFirewall({ ...SERVER, tunnel: { interface: "tunnel0", mtu: 1280 } });
    expect(other).not.toContain("wg0");
    expect(other).toContain('oifname "tunnel0" tcp flags syn / syn,rst tcp option maxseg size > 1240');
  });
});

function chain(rules: string, name: string): string {
  return new RegExp(`\\tchain ${name} {\\n(.*?)\\n\\t}`, "s").exec(rules)?.[1] ?? `no chain ${name}`;
}
