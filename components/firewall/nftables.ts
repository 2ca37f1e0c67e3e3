import { ADMIN_PORT, Flow, SITE_PORTS } from "../../plan";
import { chain, replaceTable, set } from "./table";

/** Our own table; nothing outside it is touched. */
export const TABLE = "inet homeport";

/**
 * Mark of connections from the tunnel, so that their answers return through it.
 * Any number that is unused on the host; 0x6870 is "hp".
 */
export const TUNNEL_MARK = 0x6870;

/** IPv4 and TCP header without options, bytes (RFC 9293, section 3.7.1): the MSS of a link is its MTU less this. */
const HEADERS = 40;

/**
 * Sources that no visitor has: private (RFC 1918), shared (RFC 6598), loopback, link-local, multicast and reserved. A stolen edge can forge any
 * source; with these it could reach what trusts the home LAN or Docker's networks.
 */
export const PRIVATE_NETWORKS = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];

/** What every host accepts: answers, loopback, and DHCP (RFC 2131, RFC 8415). */
const ALWAYS = [
  "ct state established,related accept",
  "ct state invalid drop",
  'iifname "lo" accept',
  "udp sport 67 udp dport 68 accept",
  "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
];

// Numbers: names need /etc/protocols, which a minimal Debian lacks. It comes with `iptables`; `nft list` then prints names, which looks like drift if
// iptables is installed after the rules.
const PING = 'meta l4proto { 1, 58 } accept comment "ICMP and ICMPv6"';

const NEIGHBOURS = [
  'meta l4proto { 1, 2, 58 } accept comment "ICMP, IGMP and ICMPv6"',
  'udp dport 5353 accept comment "mDNS: raspberrypi.local"',
];

const DOCKER_PROXY = `meta nfproto ipv4 tcp dport ${set(SITE_PORTS)} accept comment "by Docker's userland proxy"`;

/** The edge: what it answers and what it forwards into the tunnel. */
export interface EdgeFirewall {
  readonly sshPort: number;
  /** Networks that may use ssh; empty: any. */
  readonly sshFrom: readonly string[];
  readonly tunnel: { readonly interface: string; readonly port: number; readonly mtu: number };
  /** Tunnel address of the server that gets the site's traffic; undefined: a proxy in Docker on the edge does. */
  readonly target: string | undefined;
  /** Flows between servers through the edge. */
  readonly relayed: readonly Flow[];
}

/** The edge's table: default drop; the site's ports go to the proxy, or to the server without masquerade, so that it sees visitors' own addresses. */
export function renderEdgeFirewall({ sshPort, sshFrom, tunnel, target, relayed }: EdgeFirewall): string {
  const wg = `"${tunnel.interface}"`;
  const here = target === undefined;
  return replaceTable(TABLE, "render/nftables.ts", [
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
            // After Docker's DNAT the port is the container's, so match the original one.
            `iifname != ${wg} oifname "br-*" meta l4proto 6 ct status dnat ct original proto-dst ${set(SITE_PORTS)} accept`,
            'iifname "br-*" oifname != "br-*" accept comment "what the proxy begins itself"',
          ]
        : [`iifname != ${wg} oifname ${wg} ip daddr ${target} tcp dport ${set(SITE_PORTS)} ct status dnat accept`]),
      ...relayed.map((flow) => `iifname ${wg} oifname ${wg} ${opens(flow)} accept`),
    ]),
  ]);
}

/** The server: what may come from the tunnel, the route back into it, and what answers elsewhere. */
export interface ServerFirewall {
  readonly tunnel: { readonly interface: string; readonly mtu: number };
  /** The server's own tunnel address. */
  readonly address: string;
  /** Whether visitors come from the tunnel; false: only the tunnel's ends do. */
  readonly terminatesTls: boolean;
  /** `home`: behind a router, among neighbours. `public`: with an address on the internet, where only ssh answers. */
  readonly place: "home" | "public";
  readonly sshPort: number;
  /** Networks that may use ssh of a public server; empty: any. */
  readonly sshFrom: readonly string[];
  /** Tunnel address that may use ssh through the tunnel; undefined: none. */
  readonly sshOverTunnel: string | undefined;
  /** Further ports that answer at home, such as `53/udp`. */
  readonly open: readonly string[];
  /** Flows from other ends of the tunnel. */
  readonly inner: readonly Flow[];
  /** TCP ports that Docker publishes for other ends of the tunnel. They answer nowhere else: not at home, and not to containers by the host's address. */
  readonly innerPorts: readonly number[];
}

/**
 * The server's table. Everything from the tunnel is hostile: it is filtered before any DNAT (Docker's or ours), and reaches only what is named here.
 * Answers to visitors carry the connection's mark and are routed back into the tunnel; the server's own connections leave by its own uplink. At home (every
 * interface but the tunnel) the host's programs answer on named ports; what Docker publishes is forwarded and bypasses `input`. With a public address, that
 * is closed before Docker's DNAT as well. What Docker publishes for other ends of the tunnel is closed everywhere else.
 */
export function renderServerFirewall(server: ServerFirewall): string {
  const { tunnel, address, terminatesTls, place, sshPort, sshOverTunnel, open, inner, innerPorts } = server;
  const wg = `"${tunnel.interface}"`;
  const mark = `0x${TUNNEL_MARK.toString(16)}`;
  const overTunnel =
    sshOverTunnel === undefined ? [] : [`ip saddr ${sshOverTunnel} ip daddr ${address} tcp dport ${sshPort}`];
  const ssh = `${sourced(server.sshFrom)}tcp dport ${sshPort} accept`;
  return replaceTable(TABLE, "render/nftables.ts", [
    chain("from-tunnel", "type filter hook prerouting priority mangle; policy accept;", [
      ...(terminatesTls ? [`iifname != ${wg} ct mark ${mark} meta mark set ct mark`] : []),
      ...(innerPorts.length > 0
        ? [`iifname != { "lo", ${wg} } fib daddr type local tcp dport ${set(sorted(innerPorts))} drop`]
        : []),
      ...(place === "public" ? [`iifname != { "lo", ${wg} } iifname != "docker0" iifname != "br-*" jump outside`] : []),
      `iifname != ${wg} accept`,
      // A stolen edge could forge packets of flows that the home's machines have with others.
      `ip daddr != ${address} drop`,
      "ct state established,related accept",
      ...overTunnel.map((rule) => `${rule} ct state new accept`),
      ...inner.map((flow) => `${opens(flow)} ct state new accept`),
      ...(terminatesTls
        ? [
            `ip saddr ${set(PRIVATE_NETWORKS)} drop`,
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
          // Of the direction of answers: what the kernel says of one, such as that it is too large for the tunnel, goes to the container that sent it.
          chain("own-answers", "type route hook output priority mangle; policy accept;", [
            `ct direction reply ct mark ${mark} meta mark set ct mark`,
          ]),
        ]
      : []),
    chain("forward", "type filter hook forward priority filter; policy accept;", clamp(tunnel)),
  ]);
}

// Both directions: the visitor's segments and the server's. The comparison first: `set` alone can raise the MSS.
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
