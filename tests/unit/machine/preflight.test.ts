import { preflight } from "../../../components/machine/preflight";
import { EDGE, facts, server, deployed } from "../../support/machine-facts";

/** A machine as Raspberry Pi OS leaves it. */
const FRESH = [
  "os debian 12 Debian GNU/Linux 12 (bookworm)",
  "arch arm64 aarch64",
  "runs linux/arm/v7",
  "runs linux/arm64",
  "free 20000 /",
  "free 20000 /var/lib/docker",
  "listener 22/tcp 0.0.0.0 sshd",
  "listener 68/udp 192.168.77.10 NetworkManager",
  "address eth0 192.168.77.10 fixed",
  "clock 1700000003",
];

test.each([
  ["a fresh machine as server", preflight(facts(...FRESH), server())],
  ["a fresh machine as edge", preflight(facts(...FRESH), EDGE)],
  ["a machine without known facts", preflight(facts(), server())],
  [
    "a server that is deployed",
    preflight(
      deployed(
        ...FRESH,
        "listener 80/tcp 0.0.0.0 homeport traefik-1",
        "listener 8443/tcp 0.0.0.0 homeport traefik-1",
        "docker running",
        "reject iptables FORWARD policy DROP",
        "reject nft ip filter FORWARD policy drop",
        "address eth0 192.168.77.10 dynamic",
      ),
      server(),
    ),
  ],
  ["an edge that is deployed", preflight(deployed(...FRESH, "listener 51820/udp 0.0.0.0 wireguard wg0"), EDGE)],
  [
    "an edge whose first deploy was interrupted",
    preflight(facts(...FRESH, "listener 51820/udp 0.0.0.0 wireguard wg0"), EDGE),
  ],
  [
    "a server whose first deploy was interrupted",
    preflight(facts(...FRESH, "docker running", "reject iptables FORWARD policy DROP"), server()),
  ],
])("%s passes", (_, findings) => {
  expect(findings).toEqual({ errors: [], problems: [], tunnel: [], warnings: [] });
});

describe("the distribution", () => {
  test.each([
    "os debian 12 Debian GNU/Linux 12 (bookworm)",
    "os debian 13 Debian GNU/Linux 13 (trixie)",
    "os raspbian 12 Raspbian GNU/Linux 12 (bookworm)",
    "os ubuntu 22.04 Ubuntu 22.04.5 LTS",
    "os ubuntu 24.04 Ubuntu 24.04.3 LTS",
  ])("%s is supported", (os) => {
    expect(preflight(facts(os), EDGE)).toEqual({ errors: [], problems: [], tunnel: [], warnings: [] });
  });

  test.each(["os debian 14 Debian GNU/Linux 14 (forky)", "os ubuntu 26.04 Ubuntu 26.04 LTS"])(
    "%s passes with a warning",
    (os) => {
      expect(preflight(facts(os), EDGE)).toEqual({
        problems: [],
        tunnel: [],
        errors: [],
        warnings: [expect.stringMatching(/^it runs \w+ .*, which is newer than the tested versions/) as string],
      });
    },
  );

  test.each([
    ["os debian 11 Debian GNU/Linux 11 (bullseye)", "Debian GNU/Linux 11 (bullseye)"],
    ["os debian none Debian GNU/Linux trixie/sid", "Debian GNU/Linux trixie/sid"],
    ["os ubuntu 20.04 Ubuntu 20.04.6 LTS", "Ubuntu 20.04.6 LTS"],
    ["os fedora 40 Fedora Linux 40", "Fedora Linux 40"],
    ["os alpine 3.20.1 Alpine Linux v3.20", "Alpine Linux v3.20"],
  ])("%s is refused", (os, name) => {
    expect(preflight(facts(os), EDGE).errors).toEqual([
      expect.stringContaining(`it runs ${name}, which is not supported: install one of Debian 12 and 13, `),
    ]);
  });
});

describe("the processor", () => {
  test.each([
    ["Raspberry Pi OS of 32 bits", ["arch armhf armv7l", "runs linux/arm/v7"], "linux/arm/v7"],
    [
      "Raspberry Pi OS of 32 bits on a kernel of 64",
      ["arch armhf aarch64", "runs linux/arm/v7", "runs linux/arm64"],
      "linux/arm/v7",
    ],
    ["Raspberry Pi OS of 64 bits", ["arch arm64 aarch64", "runs linux/arm/v7", "runs linux/arm64"], "linux/arm64"],
    ["the same with images of 32", ["arch arm64 aarch64", "runs linux/arm/v7", "runs linux/arm64"], "linux/arm/v7"],
    ["a PC that emulates", ["arch amd64 x86_64", "runs linux/arm/v7", "runs linux/amd64"], "linux/arm/v7"],
    ["a machine on which nothing could be started", ["arch arm64 aarch64"], "linux/arm64"],
  ])("of %s runs its images", (_, lines, platform) => {
    expect(preflight(facts(...lines), server(platform as "linux/arm64")).errors).toEqual([]);
  });

  test.each([
    [
      "a Raspberry Pi Zero, which is ARMv6",
      ["arch armhf armv6l"],
      "linux/arm/v7",
      /^its processor \(armv6l, with a system for armhf\) does not run linux\/arm\/v7 in containers/,
    ],
    [
      "an ARM server without 32 bits",
      ["arch arm64 aarch64", "runs linux/arm64"],
      "linux/arm/v7",
      /set the server's 'platform' to linux\/arm64$/,
    ],
    [
      "a system of 32 bits on a kernel of 64",
      ["arch armhf aarch64", "runs linux/arm/v7", "runs linux/arm64"],
      "linux/arm64",
      /set the server's 'platform' to linux\/arm\/v7, or install the 64-bit system$/,
    ],
    [
      "a PC that emulates nothing",
      ["arch amd64 x86_64", "runs linux/amd64"],
      "linux/arm64",
      /^its processor \(x86_64,/,
    ],
    ["an unknown system", ["arch unknown riscv64"], "linux/arm64", /use another machine, or install the system/],
  ])("of %s is refused", (_, lines, platform, message) => {
    const { errors } = preflight(facts(...lines), server(platform as "linux/arm64"));
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  test("is no matter on the edge, which runs no image", () => {
    expect(preflight(facts("arch riscv64 riscv64"), EDGE).errors).toEqual([]);
  });
});

describe("a port", () => {
  test.each([
    [
      "tcp 443 of the server, by a web server",
      server(),
      "listener 443/tcp [::] apache2",
      "port 443 is taken by apache2",
    ],
    [
      "by a container of somebody else",
      server(),
      "listener 80/tcp 0.0.0.0 container pihole",
      "port 80 is taken by container pihole",
    ],
    ["by a program at loopback alone", server(), "listener 80/tcp 127.0.0.1 lighttpd", "port 80 is taken by lighttpd"],
    ["of the edge, by a web server", EDGE, "listener 80/tcp 0.0.0.0 nginx", "port 80 is taken by nginx"],
    [
      "of the tunnel, by another tunnel",
      EDGE,
      "listener 51820/udp 0.0.0.0 wireguard wg1",
      "port 51820 is taken by wireguard wg1",
    ],
  ])("that is taken: %s", (_, expected, line, message) => {
    expect(preflight(facts(line), expected).errors).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ["another protocol", server(), "listener 443/udp 0.0.0.0 caddy"],
    ["loopback of the edge, which packets from outside never see", EDGE, "listener 80/tcp 127.0.0.1 agent"],
  ])("that is no matter: %s", (_, expected, line) => {
    expect(preflight(facts(line), expected).errors).toEqual([]);
  });

  test("of a deployed edge is forwarded before a program sees it", () => {
    expect(preflight(deployed("listener 80/tcp 0.0.0.0 nginx"), EDGE).errors).toEqual([]);
  });

  test("of a deployed server is still its own", () => {
    expect(preflight(deployed("listener 80/tcp 0.0.0.0 nginx"), server()).errors).toHaveLength(1);
  });
});

test.each([
  ["clock 1700000301", "its clock is 301 s off (ahead of this workstation's)"],
  ["clock 1699996400", "its clock is 3600 s off (behind this workstation's)"],
])("a clock that is off: %s", (line, message) => {
  for (const is of [facts(line), deployed(line)])
    expect(preflight(is, EDGE).errors).toEqual([expect.stringContaining(message)]);
});

test("a clock that is off by five minutes is not", () => {
  expect(preflight(facts("clock 1700000300"), EDGE).errors).toEqual([]);
});

test.each([
  ["a server at first", facts("free 2047 /var/lib/docker"), server(), "has only 2047 MB free at /var/lib/docker"],
  ["a server later", deployed("free 199 /var/lib/docker"), server(), "docker image prune"],
  ["an edge", facts("free 255 /"), EDGE, "has only 255 MB free at / and needs 256"],
])("too little room on %s", (_, is, expected, message) => {
  expect(preflight(is, expected).errors).toEqual([expect.stringContaining(message)]);
});

test("room enough", () => {
  expect(preflight(facts("free 2048 /var/lib/docker", "free 10 /"), server()).errors).toEqual([]);
  expect(preflight(deployed("free 200 /var/lib/docker"), server()).errors).toEqual([]);
});

test("Docker of another source is not pushed out unasked", () => {
  expect(preflight(facts("package docker-ce"), server()).errors).toEqual([expect.stringContaining("docker-ce")]);
});

describe("a warning says", () => {
  test("that the server's address can change unless it is reserved, before the first deploy and not again", () => {
    const lent = "address eth0 192.168.77.10 dynamic";
    expect(preflight(facts(lent), server()).warnings).toEqual([
      expect.stringContaining(
        "its address 192.168.77.10 (eth0) comes by DHCP and can change: reserve it for this machine in the router, or give the machine a fixed one.",
      ),
    ]);
    expect(preflight(deployed(lent), server()).warnings).toEqual([]);
    expect(preflight(facts("address wlan0 192.168.77.99 dynamic"), server()).warnings).toEqual([]);
  });

  test("that the kernel limits no memory, and which file to change", () => {
    expect(preflight(facts("memory-cgroup no /boot/firmware/cmdline.txt"), server()).warnings).toEqual([
      expect.stringContaining(
        "add 'cgroup_enable=memory cgroup_memory=1' to the single line of /boot/firmware/cmdline.txt, then reboot",
      ),
    ]);
  });
});

describe("problems of a server that serves", () => {
  const problems = (...lines: string[]): readonly string[] => {
    const found = preflight(deployed(...lines), server());
    return [...found.problems, ...found.tunnel];
  };

  test("a disk that fills", () => {
    expect(problems("free 400 /")).toEqual([expect.stringContaining("only 400 MB are free at /: remove")]);
    expect(problems("free 600 /")).toEqual([]);
    expect(preflight(facts("free 400 /"), EDGE).problems).toEqual([]);
  });

  test("a tunnel through which nothing comes back: UDP, its port, and who closes it", () => {
    expect(problems("peer wg0 198.51.100.10:51820 90 no")).toEqual([
      expect.stringContaining(
        "its tunnel wg0 does not reach the edge (198.51.100.10:51820; last handshake 90 s ago), so no visitor reaches it: let UDP port 51820 in at the VPS's provider",
      ),
    ]);
    expect(problems("peer wg0 (none) never -")).toEqual([expect.stringContaining("((none); no handshake yet)")]);
    expect(problems("peer wg0 198.51.100.10:51820 90 yes", "peer wg0 198.51.100.10:51820 90 -")).toEqual([]);
    expect(preflight(deployed("peer wg0 192.0.2.9:40000 900 -"), EDGE).tunnel).toEqual([]);
  });

  test("no room for new containers beside the old ones", () => {
    expect(problems("memory 384 177 147")).toEqual([
      expect.stringContaining("it has 177 of 384 MB of memory left, and a deploy starts new containers beside the old"),
    ]);
    expect(problems("memory 512 305 147")).toEqual([]);
    expect(preflight(facts("memory 427 250 0"), server()).problems).toEqual([
      expect.stringContaining("it has 250 of 427 MB of memory left"),
    ]);
  });

  test("a Docker that does not answer, and a volume that is gone", () => {
    expect(problems("docker silent")).toEqual([expect.stringContaining("its Docker does not say what it runs")]);
    expect(problems("thing homeport/dev volume blog-data blog-data is missing")).toEqual([
      expect.stringContaining("the volume blog-data is gone with what was in it"),
    ]);
  });
});

describe("notes on a server that serves", () => {
  test.each([
    [
      "listener 8080/tcp 0.0.0.0 container pihole",
      "Docker publishes ports of containers that are not Homeport's, past its firewall: pihole (8080/tcp)",
    ],
    ["reboot linux-image-6.1", "it waits for a restart (linux-image-6.1)"],
    ["updates 4", "4 security update(s) are not installed"],
  ])("%s", (line, text) => {
    expect(preflight(deployed(line), server()).warnings).toEqual([expect.stringContaining(text)]);
  });

  test.each(["listener 8080/tcp 127.0.0.1 container pihole", "updates 0"])("none of %s", (line) => {
    expect(preflight(deployed(line), server()).warnings).toEqual([]);
  });
});
