import { managed } from "../../../../components/machine/managed";
import { hostForEach, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

/** Fake programs by name. */
const PLAYED = {
  ss: `cat /run/fake/ss 2>/dev/null\n`,
  ufw: `cat /run/fake/ufw 2>/dev/null\n`,
  wg: `case $* in "show all listen-port") printf 'wg0\\t51820\\n' ;; "show interfaces") cat /run/fake/wg 2>/dev/null ;; esac\n`,
  pgrep: `case $2 in dockerd) cat /run/fake/dockerd 2>/dev/null ;; *) [ -e /run/fake/kubernetes ] ;; esac\n`,
  "iptables-save": `[ "$2" = filter ] && cat /run/fake/iptables 2>/dev/null || cat /run/fake/iptables-nat 2>/dev/null\n`,
  "ip6tables-save": `:\n`,
  ip: `case $* in *wireguard) cat /run/fake/ip-wireguard 2>/dev/null ;; *) cat /run/fake/ip 2>/dev/null ;; esac\n`,
  dpkg: `echo armhf\n`,
  uname: `echo aarch64\n`,
};

describeWhere("the facts of a machine", Sandbox.missing(), () => {
  const host = hostForEach(PLAYED);
  const put = (file: string, text: string): void => {
    host.sandbox.run(["sh", "-c", 'mkdir -p /run/fake; cat >"$1"', "sh", file], text);
  };

  test("distribution, processor, room and clock", () => {
    host.sandbox.sh("rm /etc/os-release");
    put(
      "/etc/os-release",
      'NAME="Raspbian"\nID=raspbian\nVERSION_ID="12"\nPRETTY_NAME="Raspbian GNU/Linux 12 (bookworm)"\n',
    );
    const facts = host.facts();
    expect(facts.system).toEqual({ id: "raspbian", version: "12", name: "Raspbian GNU/Linux 12 (bookworm)" });
    expect(facts.processor).toEqual({ programs: "armhf", kernel: "aarch64" });
    expect(facts.free.map(({ path }) => path)).toEqual(["/", "/var/lib/docker"]);
    for (const { megabytes } of facts.free) expect(megabytes).toBeGreaterThan(0);
    expect(Math.abs(facts.clockAhead ?? NaN)).toBeLessThan(60);
    expect(facts.deployed).toBe(false);
  });

  test("what runs on it, by starting it", () => {
    const native = { x64: "linux/amd64", arm64: "linux/arm64", arm: "linux/arm/v7" }[process.arch as "x64"];
    expect(host.facts().runs).toContain(native);
    expect(host.sandbox.sh("ls /run /tmp /var/tmp")).not.toContain("homeport-runs");
  });

  test("who listens, with the container or the tunnel behind it", () => {
    put(
      "/run/fake/ss",
      `udp UNCONN 0 0 0.0.0.0:51820 0.0.0.0:*
udp UNCONN 0 0 127.0.0.1:323 0.0.0.0:* users:(("chronyd",pid=9,fd=5))
tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:* users:(("docker-proxy",pid=1,fd=4))
tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:* users:(("docker-proxy",pid=2,fd=4))
tcp LISTEN 0 128 [::]:443 [::]:* users:(("nginx: master",pid=3,fd=4),("nginx",pid=4,fd=4))
`,
    );
    put("/run/fake/published-80", "traefik-1 homeport.config=0123,maintainer=x\n");
    put("/run/fake/published-8080", "pihole maintainer=x\n");
    const listeners = host.facts().listeners.map((one) => `${one.port}/${one.protocol} ${one.address} ${one.program}`);
    expect(listeners.sort()).toEqual([
      "323/udp 127.0.0.1 chronyd",
      "443/tcp [::] nginx: master",
      "51820/udp 0.0.0.0 wireguard wg0",
      "80/tcp 0.0.0.0 homeport traefik-1",
      "8080/tcp 0.0.0.0 container pihole",
    ]);
  });

  test("firewalls of others", () => {
    expect(host.facts()).toMatchObject({ firewalls: [], rejects: [], nftablesService: false });
    put("/run/fake/ufw", "Status: active\n\nTo Action From\n");
    host.sandbox.sh(
      "mkdir -p /run/fake/active /run/fake/enabled; touch /run/fake/active/firewalld.service /run/fake/enabled/nftables.service",
    );
    expect(host.facts()).toMatchObject({ firewalls: ["ufw", "firewalld"], nftablesService: true });
  });

  test("rules of others that reject all that is left, and none of ours", () => {
    put(
      "/run/fake/iptables",
      `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 25 -j DROP
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A DOCKER-USER -j DROP
COMMIT
`,
    );
    const chain = (hook: string, policy: string, rule: string): string =>
      `chain ${hook} { type filter hook ${hook} priority 0; policy ${policy}; tcp dport 25 drop; ${rule}; }`;
    host.sandbox.sh(`nft -f - <<'EOF'
table inet homeport { ${chain("input", "drop", "drop")}; }
table inet mine { ${chain("input", "drop", "accept")}; ${chain("forward", "accept", "counter reject with icmpx admin-prohibited")}; }
table ip filter { ${chain("forward", "drop", "drop")}; }
EOF`);
    expect(host.facts().rejects).toEqual([
      "iptables FORWARD policy DROP",
      "iptables INPUT -j REJECT --reject-with icmp-host-prohibited",
      "nft inet mine input policy drop",
      expect.stringMatching(/^nft inet mine forward counter .*reject with icmpx admin-prohibited$/),
    ]);
  });

  test("rules of others that change addresses, and none of ours or of Docker", () => {
    put(
      "/run/fake/iptables-nat",
      `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -o wg0 -j MASQUERADE
-A POSTROUTING -j DOCKER_POSTROUTING
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination 127.0.0.11:33333
COMMIT
`,
    );
    const chain = (hook: string, rule: string): string =>
      `chain on-${hook} { type nat hook ${hook} priority 0; policy accept; ${rule}; }`;
    host.sandbox.sh(`nft -f - <<'EOF'
table inet homeport { ${chain("prerouting", "tcp dport { 80, 443 } dnat ip to 10.77.0.2")}; }
table ip nat { ${chain("postrouting", "masquerade")}; }
table ip docker-bridges { ${chain("postrouting", "masquerade")}; }
table inet mine { ${chain("prerouting", 'iifname "eth0" tcp dport { 80, 443 } counter dnat ip to 10.0.0.2')}; ${chain("postrouting", 'ip daddr 10.0.0.2 accept; oifname "wg0" masquerade')}; }
EOF`);
    expect(host.facts().nat).toEqual([
      "iptables PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80",
      "iptables POSTROUTING -o wg0 -j MASQUERADE",
      expect.stringMatching(
        /^nft inet mine on-prerouting \d+ iifname "eth0" tcp dport \{ 80, 443 \} counter .*dnat ip to 10\.0\.0\.2$/,
      ),
      expect.stringMatching(/^nft inet mine on-postrouting \d+ oifname "wg0" masquerade$/),
    ]);
    const [, handle = ""] = /on-postrouting (\d+)/.exec(host.facts().nat.join("\n")) ?? [];
    host.sandbox.sh(`nft delete rule inet mine on-postrouting handle ${handle}`);
    expect(host.facts().nat).toHaveLength(3);
  });

  test("WireGuard of others, and none of ours", () => {
    put("/run/fake/wg", "wg0 wg1\n");
    put(
      "/run/fake/ip-wireguard",
      "4: wg1: <POINTOPOINT,NOARP,UP> mtu 1420\n6: kernel0: <POINTOPOINT,NOARP,UP> mtu 1420\n",
    );
    host.sandbox.sh("rm -rf /etc/wireguard; mkdir /etc/wireguard; echo '[Interface]' >/etc/wireguard/wg1.conf");
    expect(host.facts().tunnels).toEqual({
      files: ["/etc/wireguard/wg1.conf"],
      interfaces: ["kernel0", "wg0", "wg1"],
    });
    const files = [{ path: "/etc/wireguard/wg0.conf", text: "[Interface]\n" }];
    host.apply({ files });
    const others = { files: ["/etc/wireguard/wg1.conf"], interfaces: ["kernel0", "wg1"] };
    expect(host.facts().tunnels).toEqual(others);
    // Also once somebody has changed or removed it: that is drift.
    for (const change of ["echo '# mine' >/etc/wireguard/wg0.conf", "rm /etc/wireguard/wg0.conf"]) {
      host.sandbox.sh(change);
      expect(host.facts().tunnels).toEqual(others);
    }
  });

  test("the tunnel of an interrupted first deploy is ours", () => {
    put("/run/fake/wg", "wg0\n");
    host.sandbox.sh("rm -rf /etc/wireguard; mkdir /etc/wireguard");
    put("/etc/wireguard/wg0.conf", managed("render/wireguard.ts"));
    expect(host.facts()).toMatchObject({ deployed: false, tunnels: { files: [], interfaces: [] } });
  });

  test("Docker, how it is set up, and what stands in its way", () => {
    expect(host.facts()).toMatchObject({
      docker: false,
      packages: [],
      dockerData: "/var/lib/docker",
      dockerContexts: [],
    });
    put("/run/fake/dockerd", "612 /usr/sbin/dockerd -H fd:// --iptables=false\n");
    put("/run/fake/kubernetes", "");
    put("/run/fake/installed-docker-ce", "");
    host.sandbox.sh("mkdir -p /etc/docker /root/.docker /srv/docker");
    put("/etc/docker/daemon.json", '{\n\t"data-root": "/srv/docker",\r\n  "userland-proxy": false\n}\n');
    put("/root/.docker/config.json", '{\n  "currentContext": "rootless"\n}\n');
    const facts = host.facts();
    expect(facts).toMatchObject({
      docker: true,
      packages: ["docker-ce", "kubernetes"],
      dockerData: "/srv/docker",
      dockerArguments: "/usr/sbin/dockerd -H fd:// --iptables=false",
      dockerContexts: [{ user: "root", name: "rootless" }],
    });
    expect(facts.free.map(({ path }) => path)).toEqual(["/", "/srv/docker"]);
    expect(JSON.parse(facts.dockerSettings ?? "")).toEqual({ "data-root": "/srv/docker", "userland-proxy": false });
  });

  test("a port that dockerd holds without its proxy is the container's", () => {
    put("/run/fake/ss", 'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:* users:(("dockerd",pid=3,fd=4))\n');
    expect(host.facts().listeners).toMatchObject([
      { port: 80, program: expect.not.stringMatching(/^docker-proxy/) as string },
    ]);
  });

  test("certificates, whatever the application is called", () => {
    host.sandbox.sh("mkdir -p /run/homeport");
    put("/run/homeport/certificate-a&b.status", "www.example.org: requested from the CA\n");
    expect(host.facts().certificates).toEqual([{ app: "a&b", status: "www.example.org: requested from the CA" }]);
  });

  test("a machine without an id can be probed", () => {
    host.sandbox.sh("rm -f /etc/machine-id");
    expect(host.probe()).toMatchObject({
      revision: expect.stringMatching(/^first applied to machine unknown at /) as string,
    });
  });

  test("no room, where df does not know it", () => {
    host.sandbox.sh("printf '#!/bin/sh\\nexit 1\\n' >/tmp/bin/df; chmod 0755 /tmp/bin/df");
    expect(host.facts().free).toEqual([]);
  });

  test("its addresses, and which of them are lent", () => {
    put(
      "/run/fake/ip",
      `2: eth0    inet 192.168.77.10/24 brd 192.168.77.255 scope global dynamic noprefixroute eth0\\       valid_lft 85000sec
5: wg0    inet 10.77.0.2/24 scope global wg0\\       valid_lft forever preferred_lft forever
`,
    );
    expect(host.facts().addresses).toEqual([
      { interface: "eth0", address: "192.168.77.10", dynamic: true },
      { interface: "wg0", address: "10.77.0.2", dynamic: false },
    ]);
  });

  test("containers that should serve and do not", () => {
    const thing = (fault?: string) => ({
      ...{ kind: "container", resource: "web-1", name: "web-1" },
      ...(fault === undefined ? {} : { fault }),
    });
    host.sandbox.sh("mkdir -p /run/fake/containers; touch /run/fake/containers/web-1");
    const files = [{ path: "/etc/test/route", text: "x\n", onChange: reload("a.service") }];
    host.apply({ files, serves: [{ app: "blog", container: "web-1" }] });
    expect(host.facts().things).toEqual([thing()]);
    put("/run/fake/containers/web-1", "exited");
    expect(host.facts().things).toEqual([thing("is exited")]);
    // Applying a bundle again would not start it.
    expect(host.probe()).toMatchObject({ found: [] });
    host.sandbox.sh("rm /run/fake/containers/web-1");
    expect(host.facts().things).toEqual([thing("is missing")]);
    expect(host.probe()).toMatchObject({ found: ["the container web-1 is missing"] });
    expect(host.facts("homeport/prod").things).toEqual([]);
  });

  const IMAGE = "blog:1";
  const runs = (words = "000 268435456 always =web,", image = IMAGE, health = "-"): string =>
    `running ${health} ${words} ${image} 0123abcd 256 always web ${IMAGE}\n`;
  test.each([
    ["as it was made", runs(), undefined],
    ["unhealthy", runs(undefined, undefined, "unhealthy"), "is unhealthy"],
    ["with less memory", runs("000 67108864 always =web,"), "has 64 MB of memory, declared 256"],
    ["with other restarts", runs("000 268435456 no =web,"), "restarts 'no', declared 'always'"],
    ["in no network", runs("000 268435456 always ="), "is not in the networks declared (web)"],
    ["in another network", runs("000 268435456 always =bridge,web,"), "is not in the networks declared (web)"],
    [
      "with less processor",
      runs("05000000 268435456 always =web,"),
      "has a limit of processor time that nobody declared",
    ],
    ["from another image", runs(undefined, "blog:2"), "runs the image blog:2, declared blog:1"],
    ["made before the label", "running - 000 0 always =web, blog:2 0123abcd\n", undefined],
  ])("a container %s", (_, said, fault) => {
    host.apply({ things: [{ kind: "container", name: "proxy" }] });
    host.sandbox.sh("mkdir -p /run/fake/containers");
    put("/run/fake/containers/proxy-1a2b3c4", said);
    const thing = { kind: "container", resource: "proxy", name: "proxy-1a2b3c4" };
    expect(host.facts().things).toEqual([fault === undefined ? thing : { ...thing, fault }]);
  });

  test("networks and volumes that are missing have drifted", () => {
    host.apply({
      things: [
        { kind: "network", name: "web" },
        { kind: "volume", name: "blog-data" },
      ],
    });
    expect(host.probe()).toMatchObject({ found: ["the network web is missing", "the volume blog-data is missing"] });
  });

  test("a Docker that does not answer is no loss of what it has", () => {
    host.sandbox.sh("mkdir -p /run/fake/containers; touch /run/fake/containers/web-1");
    host.apply({ serves: [{ app: "blog", container: "web-1" }] });
    put("/run/fake/silent", "");
    expect(host.facts()).toMatchObject({ things: [], dockerSilent: true });
    expect(host.probe()).toMatchObject({ found: [] });
    expect(host.facts("homeport/prod").dockerSilent).toBe(true);
  });
});
