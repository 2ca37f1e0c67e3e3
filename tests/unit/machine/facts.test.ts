import { readFacts } from "../../../components/machine/facts";

const OWNER = "homeport/dev";
const BARE = "reached\nmachine 0123abcd at 1700000000\n";

// As the lab's Raspberry Pi answered.
const SEEN = `reached
machine 71e9e69af59c42678da00534d020285b at 1795279836
bundle base homeport/dev
revision first applied to machine 71e9e69af59c42678da00534d020285b at 1795279357
fact thing homeport/dev container app-web app-web-1a2b3c4 is exited
fact thing homeport/dev network traefik-web traefik-web-1a2b3c4 well
fact thing homeport/prod container app-web app-web is missing
fact os debian 12 Debian GNU/Linux 12 (bookworm)
fact arch amd64 x86_64
fact runs linux/arm/v7
fact runs linux/amd64
fact free 55289 /
fact free 55288 /var/lib/docker
fact listener 22/tcp [::] sshd
fact listener 443/tcp 0.0.0.0 homeport traefik-081a558
fact listener 44845/udp 0.0.0.0 wireguard wg0
fact firewall ufw
fact nftables-service enabled
fact reject iptables FORWARD policy DROP
fact nat iptables POSTROUTING -o wg0 -j MASQUERADE
fact nat nft inet mine post 5 oifname "wg0" masquerade
fact tunnel file /etc/wireguard/office.conf
fact tunnel interface office
fact docker running
fact docker-arguments /usr/sbin/dockerd -H fd://
fact docker-settings { "data-root": "/srv/docker data" }
fact docker-data /srv/docker data
fact docker-context pi rootless
fact package docker-ce
fact memory-cgroup no /boot/firmware/cmdline.txt
fact address eth0 192.168.83.10 dynamic
fact address wg0 10.77.0.2 fixed
fact certificate blog www.example.org: issued by R10 until 2026-12-24 10:00 UTC
fact backup blog bad 1800000000 failed: /mnt/disk/site: it is full
fact peer wg0 198.51.100.10:51820 90 yes
fact peer wg1 (none) never -
fact memory 900 -5 150
fact reboot linux-image
fact updates 3
fact docker silent
fact clock 1795279839
`;

test("every fact is read", () => {
  expect(readFacts(SEEN, OWNER, 1795279829.4)).toEqual({
    deployed: true,
    bundles: ["base"],
    system: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
    processor: { programs: "amd64", kernel: "x86_64" },
    runs: ["linux/arm/v7", "linux/amd64"],
    free: [
      { megabytes: 55289, path: "/" },
      { megabytes: 55288, path: "/var/lib/docker" },
    ],
    listeners: [
      { port: 22, protocol: "tcp", address: "[::]", program: "sshd" },
      { port: 443, protocol: "tcp", address: "0.0.0.0", program: "homeport traefik-081a558" },
      { port: 44845, protocol: "udp", address: "0.0.0.0", program: "wireguard wg0" },
    ],
    firewalls: ["ufw"],
    rejects: ["iptables FORWARD policy DROP"],
    nat: ["iptables POSTROUTING -o wg0 -j MASQUERADE", 'nft inet mine post 5 oifname "wg0" masquerade'],
    tunnels: { files: ["/etc/wireguard/office.conf"], interfaces: ["office"] },
    nftablesService: true,
    docker: true,
    dockerData: "/srv/docker data",
    dockerSettings: '{ "data-root": "/srv/docker data" }',
    dockerArguments: "/usr/sbin/dockerd -H fd://",
    dockerContexts: [{ user: "pi", name: "rootless" }],
    greeting: "",
    packages: ["docker-ce"],
    noMemoryLimits: "/boot/firmware/cmdline.txt",
    addresses: [
      { interface: "eth0", address: "192.168.83.10", dynamic: true },
      { interface: "wg0", address: "10.77.0.2", dynamic: false },
    ],
    peers: [
      { interface: "wg0", endpoint: "198.51.100.10:51820", age: 90, answers: true },
      { interface: "wg1", endpoint: "(none)" },
    ],
    memory: { total: 900, available: -5, serving: 150 },
    reboot: "linux-image",
    updates: 3,
    dockerSilent: true,
    clockAhead: 10,
    things: [
      { kind: "container", resource: "app-web", name: "app-web-1a2b3c4", fault: "is exited" },
      { kind: "network", resource: "traefik-web", name: "traefik-web-1a2b3c4" },
    ],
    backups: [{ app: "blog", good: false, at: 1800000000, text: "failed: /mnt/disk/site: it is full" }],
    certificates: [{ app: "blog", status: "www.example.org: issued by R10 until 2026-12-24 10:00 UTC" }],
  });
});

test("where nothing could be found out, nothing is said", () => {
  expect(readFacts("reached\nmachine 0123abcd at 1700000000\n", OWNER, 0)).toEqual({
    deployed: false,
    bundles: [],
    dockerSilent: false,
    peers: [],
    runs: [],
    free: [],
    listeners: [],
    firewalls: [],
    rejects: [],
    nat: [],
    tunnels: { files: [], interfaces: [] },
    nftablesService: false,
    docker: false,
    dockerData: "/var/lib/docker",
    dockerArguments: "",
    dockerContexts: [],
    greeting: "",
    packages: [],
    addresses: [],
    things: [],
    backups: [],
    certificates: [],
  });
});

test("a host is deployed if it has the base bundle, whatever else is there", () => {
  expect(readFacts(`${BARE}bundle secrets homeport/dev\n`, OWNER, 0).deployed).toBe(false);
  expect(readFacts(`${BARE}bundle base homeport/prod\n`, OWNER, 0).deployed).toBe(true);
});

test("of the bundles there those of the stack itself are known by name", () => {
  const seen = `${BARE}bundle base homeport/prod\nbundle dev-route homeport/dev\nbundle dev-secrets homeport/dev\n`;
  expect(readFacts(seen, OWNER, 0).bundles).toEqual(["dev-route", "dev-secrets"]);
});

test("what the login shell prints before the answer is a greeting", () => {
  expect(readFacts("reached\n\nWelcome to pi\nmachine 0123abcd at 1700000000\n", OWNER, 0).greeting).toBe(
    "Welcome to pi",
  );
});
