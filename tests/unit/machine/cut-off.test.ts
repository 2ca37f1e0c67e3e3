import { preflight } from "../../../components/machine/preflight";
import { deployed, EDGE, facts, server } from "../../support/machine-facts";

const HOME = [
  "listener 22/tcp 0.0.0.0 sshd",
  "listener 53/tcp 0.0.0.0 dnsmasq",
  "listener 53/udp [::] dnsmasq",
  "listener 8123/tcp 0.0.0.0 python3",
  // None of these is cut off: loopback, what stays open, what a program asks from, and what Docker forwards.
  "listener 631/tcp 127.0.0.1 cupsd",
  "listener 53/udp 127.0.0.53%lo systemd-resolve",
  "listener 323/udp [::1] chronyd",
  "listener 5353/udp 0.0.0.0 avahi-daemon",
  "listener 49152/udp 0.0.0.0 avahi-daemon",
  "listener 68/udp 192.168.77.10%eth0 dhcpcd",
  "listener 9000/tcp 0.0.0.0 container portainer",
];

const warnings = (...given: Parameters<typeof preflight>): readonly string[] =>
  preflight(...given).warnings.filter((text) => text.includes("answer other machines today"));

test("programs that answer at home are named before the first firewall, with the line that keeps them", () => {
  expect(warnings(facts(...HOME), server())).toEqual([
    "these programs answer other machines today and will not after 'pulumi up', whose firewall lets in only what is named: " +
      "dnsmasq (53/tcp, 53/udp), python3 (8123/tcp); to keep them, set for the server pi: 'open: [53/tcp, 53/udp, 8123/tcp]'",
  ]);
});

test("the line has what is open already, and nothing is said where all of it is", () => {
  expect(warnings(facts(...HOME), server(undefined, { open: ["445/tcp", "53/udp"] }))).toEqual([
    expect.stringMatching(/dnsmasq \(53\/tcp\), python3 .*'open: \[53\/tcp, 53\/udp, 445\/tcp, 8123\/tcp\]'$/),
  ]);
  expect(warnings(facts(...HOME), server(undefined, { open: ["53/tcp", "53/udp", "8123/tcp"] }))).toEqual([]);
});

test("ssh on another port is no program that is cut off", () => {
  expect(warnings(facts("listener 2222/tcp 0.0.0.0 sshd"), server(undefined, { port: 2222 }))).toEqual([]);
});

test("a public server closes what Docker publishes as well", () => {
  expect(
    warnings(facts("listener 9000/tcp 0.0.0.0 container portainer"), server(undefined, { place: "public" })),
  ).toEqual([expect.stringContaining("container portainer (9000/tcp)")]);
});

test("the edge has nothing to open, so its programs need another machine", () => {
  expect(warnings(facts("listener 25/tcp 0.0.0.0 master", "listener 143/tcp [::] dovecot"), EDGE)).toEqual([
    expect.stringMatching(/dovecot \(143\/tcp\), master \(25\/tcp\); move them to another machine first/),
  ]);
});

test("behind the firewall nothing more is cut off", () => {
  expect(warnings(deployed(...HOME), server())).toEqual([]);
});
