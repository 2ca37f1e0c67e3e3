import { ADMIN_PORT, SITE_PORTS } from "../../plan/ports";
import { Flow } from "../../plan/topology";
import { managed } from "../machine/managed";

/** Our own table; nothing outside it is touched. */
export const TABLE = "inet homeport";

/**
 * Mark of connections that came out of the tunnel, so that their answers go back into it.
 * Any number that nobody else uses on the host; 0x6870 is "hp".
 */
export const TUNNEL_MARK = 0x6870;

/** IPv4 and TCP header without options, bytes (RFC 9293, section 3.7.1): the MSS of a link is its MTU less this. */
const HEADERS = 40;

/**
 * Sources that no visitor has: private (RFC 1918), shared (RFC 6598), loopback, link-local, multicast and reserved. A stolen edge can forge any
 * source; from these it could reach what trusts the home LAN or Docker's networks.
 */
const NO_VISITOR = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];

/** What every host takes in: answers, itself, and addresses by DHCP (RFC 2131, RFC 8415). */
const ALWAYS = [
  "ct state established,related accept",
  "ct state invalid drop",
  'iifname "lo" accept',
  "udp sport 67 udp dport 68 accept",
  "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
];

const PING = 'meta l4proto { 1, 58 } accept comment "ICMP and ICMPv6"';

const NEIGHBOURS = [
  'meta l4proto { 1, 2, 58 } accept comment "ICMP, IGMP and ICMPv6"',
  'udp dport 5353 accept comment "mDNS: raspberrypi.local"',
];

const DOCKER_PROXY = `meta nfproto ipv4 tcp dport ${set(SITE_PORTS)} accept comment "by Docker's userland proxy"`;

/** The edge: what it answers itself and what it forwards into the tunnel. */
export interface EdgeFirewall {
  readonly sshPort: number;
  /** Networks that may open ssh; empty: any. */
  readonly sshFrom: readonly string[];
  readonly tunnel: { readonly interface: string; readonly port: number; readonly mtu: number };
  /** Tunnel address of the server that takes the site's traffic; undefined: a proxy in Docker on the edge itself does. */
  readonly target: string | undefined;
  /** What servers may say to each other through the edge. */
  readonly relayed: readonly Flow[];
}

/** The edge's table: default drop; the site's ports go to the server without masquerade, so that it sees each visitor's own address, or to the proxy. */
export function renderEdgeFirewall({ sshPort, sshFrom, tunnel, target, relayed }: EdgeFirewall): string {
  const wg = `"${tunnel.interface}"`;
  const here = target === undefined;
  return replaceTable([
    chain("input", "type filter hook input priority filter; policy drop;", [
      ...ALWAYS,
      PING,
      ...(here ? [DOCKER_PROXY] : []),
      `${sourced(sshFrom)}tcp dport ${sshPort} accept`,
      `udp dport ${tunnel.port} accept`,
    ]),
    ...(here
      ? []
      : [
          chain("to-server", "type nat hook prerouting priority dstnat; policy accept;", [
            `iifname != ${wg} fib daddr type local tcp dport ${set(SITE_PORTS)} dnat ip to ${target}`,
          ]),
        ]),
    chain("forward", "type filter hook forward priority filter; policy drop;", [
      ...clamp(tunnel),
      "ct state established,related accept",
      ...(here
        ? [
            // Behind Docker's DNAT the port is the container's, so the first packet's is asked for.
            `iifname != ${wg} oifname "br-*" meta l4proto 6 ct status dnat ct original proto-dst ${set(SITE_PORTS)} accept`,
            'iifname "br-*" oifname != "br-*" accept comment "what the proxy begins itself"',
          ]
        : [`iifname != ${wg} oifname ${wg} ip daddr ${target} tcp dport ${set(SITE_PORTS)} ct status dnat accept`]),
      ...relayed.map((flow) => `iifname ${wg} oifname ${wg} ${opens(flow)} accept`),
    ]),
  ]);
}

/** The server: what may come out of the tunnel, the way back into it, and what answers outside of it. */
export interface ServerFirewall {
  readonly tunnel: { readonly interface: string; readonly mtu: number };
  /** The server's own tunnel address. */
  readonly address: string;
  /** Whether visitors come out of the tunnel; false: nobody but the tunnel's ends does. */
  readonly terminatesTls: boolean;
  /** `home`: behind a router, among neighbours. `public`: with an address on the internet, where nothing but ssh answers. */
  readonly place: "home" | "public";
  readonly sshPort: number;
  /** Networks that may open ssh of a public server; empty: any. */
  readonly sshFrom: readonly string[];
  /** Tunnel address from which ssh may come through the tunnel; undefined: none. */
  readonly sshOverTunnel: string | undefined;
  /** Further ports that answer at home, such as `53/udp`. */
  readonly open: readonly string[];
  /** What other ends of the tunnel may open here. */
  readonly inner: readonly Flow[];
  /** TCP ports that Docker publishes for other ends of the tunnel. They answer nowhere else: not at home, and no container by the host's address. */
  readonly innerPorts: readonly number[];
}

/**
 * The server's table. Everything out of the tunnel is hostile: it is filtered before any DNAT (Docker's or ours), and reaches what is named here and
 * nothing else. Answers to visitors carry the connection's mark and are routed back into the tunnel; what the server begins itself leaves by its own uplink.
 * At home (every interface but the tunnel) programs of the host answer on named ports; what Docker publishes is forwarded and passes by `input`. With a
 * public address that is closed before Docker's DNAT as well, and so is everywhere what Docker publishes for other ends of the tunnel.
 */
export function renderServerFirewall(server: ServerFirewall): string {
  const { tunnel, address, terminatesTls, place, sshPort, sshOverTunnel, open, inner, innerPorts } = server;
  const wg = `"${tunnel.interface}"`;
  const mark = `0x${TUNNEL_MARK.toString(16)}`;
  const overTunnel =
    sshOverTunnel === undefined ? [] : [`ip saddr ${sshOverTunnel} ip daddr ${address} tcp dport ${sshPort}`];
  const ssh = `${sourced(server.sshFrom)}tcp dport ${sshPort} accept`;
  return replaceTable([
    chain("from-tunnel", "type filter hook prerouting priority mangle; policy accept;", [
      ...(terminatesTls ? [`iifname != ${wg} ct mark ${mark} meta mark set ct mark`] : []),
      ...(innerPorts.length > 0
        ? [`iifname != { "lo", ${wg} } fib daddr type local tcp dport ${set(sorted(innerPorts))} drop`]
        : []),
      ...(place === "public" ? [`iifname != { "lo", ${wg} } iifname != "docker0" iifname != "br-*" jump outside`] : []),
      `iifname != ${wg} accept`,
      "ct state established,related accept",
      ...overTunnel.map((rule) => `${rule} ct state new accept`),
      ...inner.map((flow) => `${opens(flow)} ct state new accept`),
      ...(terminatesTls
        ? [
            `ip saddr ${set(NO_VISITOR)} drop`,
            `ip daddr ${address} tcp dport ${set(SITE_PORTS)} ct state new ct mark set ${mark} accept`,
          ]
        : []),
      "drop",
    ]),
    ...(place === "public" ? [chain("outside", undefined, [...ALWAYS, PING, ssh, ...openRules(open), "drop"])] : []),
    chain("input", "type filter hook input priority filter; policy drop;", [
      ...ALWAYS,
      ...(terminatesTls ? [DOCKER_PROXY] : []),
      ...overTunnel.map((rule) => `iifname ${wg} ${rule} accept`),
      `iifname ${wg} drop`,
      ...(place === "public" ? [PING, ssh] : [...NEIGHBOURS, ssh]),
      ...(place === "home" && terminatesTls ? [`meta nfproto ipv4 tcp dport ${ADMIN_PORT} accept`] : []),
      ...openRules(open),
    ]),
    ...(terminatesTls
      ? [
          chain("own-answers", "type route hook output priority mangle; policy accept;", [
            `ct mark ${mark} meta mark set ct mark`,
          ]),
        ]
      : []),
    chain("forward", "type filter hook forward priority filter; policy accept;", clamp(tunnel)),
  ]);
}

// A table replaced in one transaction: the first line makes the delete valid where there is none yet. A chain stands before those that jump to it.
function replaceTable(chains: readonly string[]): string {
  return `${managed("render/nftables.ts")}table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
${chains.join("\n")}}
`;
}

/** A chain, on a hook or, without one, for others to jump to. */
function chain(name: string, hook: string | undefined, rules: readonly string[]): string {
  const lines = hook === undefined ? rules : [hook, ...rules];
  return `	chain ${name} {\n${lines.map((line) => `		${line}\n`).join("")}	}\n`;
}

// Both ways: the visitor's segments and the server's. Only ever lowered.
function clamp(tunnel: { readonly interface: string; readonly mtu: number }): string[] {
  const mss = tunnel.mtu - HEADERS;
  return ["iifname", "oifname"].map(
    (side) =>
      `${side} "${tunnel.interface}" tcp flags syn / syn,rst tcp option maxseg size > ${mss} tcp option maxseg size set ${mss}`,
  );
}

function openRules(open: readonly string[]): string[] {
  return ["tcp", "udp"].flatMap((protocol) => {
    const ports = open.filter((one) => one.endsWith(`/${protocol}`)).map((one) => Number.parseInt(one, 10));
    return ports.length === 0 ? [] : [`${protocol} dport ${set(sorted(ports))} accept`];
  });
}

function sorted(ports: readonly number[]): number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}

function opens({ from, to, port }: Flow): string {
  return `ip saddr ${from} ip daddr ${to} tcp dport ${port}`;
}

function sourced(networks: readonly string[]): string {
  return networks.length === 0 ? "" : `ip saddr ${set(networks)} `;
}

function set(members: readonly (string | number)[]): string {
  return `{ ${members.join(", ")} }`;
}
