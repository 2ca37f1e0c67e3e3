import { managed } from "./managed";

/** Our own table; nothing outside it is touched. */
export const TABLE = "inet homeport";

/**
 * Mark of connections that came out of the tunnel, so that their answers go back into it.
 * Any number that nobody else uses on the host; 0x6870 is "hp".
 */
export const TUNNEL_MARK = 0x6870;

/** Ports of the site, in the order of the guide: HTTP (ACME challenge, redirect) and HTTPS. */
export const SITE_PORTS = [80, 443] as const;

/** Port of the admin and the dashboard: at home only. */
export const ADMIN_PORT = 8443;

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
const ALWAYS = `		ct state established,related accept
		ct state invalid drop
		iifname "lo" accept
		udp sport 67 udp dport 68 accept
		ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept`;

/** The edge: what it answers itself and what it forwards into the tunnel. */
export interface EdgeFirewall {
  readonly sshPort: number;
  /** Networks that may open ssh; empty: any. */
  readonly sshFrom: readonly string[];
  readonly tunnel: { readonly interface: string; readonly port: number; readonly mtu: number };
  /** Tunnel address of the server that takes the site's traffic. */
  readonly target: string;
}

/** The edge's table: default drop, DNAT of the site's ports without masquerade, so that the server sees each visitor's own address. */
export function renderEdgeFirewall({ sshPort, sshFrom, tunnel, target }: EdgeFirewall): string {
  const from = sshFrom.length === 0 ? "" : `ip saddr ${set(sshFrom)} `;
  return replaceTable(`	chain input {
		type filter hook input priority filter; policy drop;
${ALWAYS}
		meta l4proto { 1, 58 } accept comment "ICMP and ICMPv6"
		${from}tcp dport ${sshPort} accept
		udp dport ${tunnel.port} accept
	}

	chain to-server {
		type nat hook prerouting priority dstnat; policy accept;
		iifname != "${tunnel.interface}" fib daddr type local tcp dport ${set(SITE_PORTS)} dnat ip to ${target}
	}

	chain forward {
		type filter hook forward priority filter; policy drop;
${clamp(tunnel)}
		ct state established,related accept
		iifname != "${tunnel.interface}" oifname "${tunnel.interface}" ip daddr ${target} tcp dport ${set(SITE_PORTS)} ct status dnat accept
	}
`);
}

/** The server: what may come out of the tunnel, the way back into it, and what answers at home. */
export interface ServerFirewall {
  readonly tunnel: { readonly interface: string; readonly mtu: number };
  /** The server's own tunnel address. */
  readonly address: string;
  readonly sshPort: number;
  /** Tunnel address from which ssh may come through the tunnel; undefined: none. */
  readonly sshFrom: string | undefined;
  /** Further ports that answer at home, such as `53/udp`. */
  readonly open: readonly string[];
}

/**
 * The server's table. Everything out of the tunnel is hostile: it is filtered before any DNAT (Docker's or ours), and reaches the site's ports and
 * nothing else. Answers carry the connection's mark and are routed back into the tunnel; what the server begins itself leaves by its home uplink.
 * At home (every interface but the tunnel) programs of the host answer on named ports; what Docker publishes is forwarded and passes by `input`.
 */
export function renderServerFirewall({ tunnel, address, sshPort, sshFrom, open }: ServerFirewall): string {
  const mark = `0x${TUNNEL_MARK.toString(16)}`;
  const overTunnel = sshFrom === undefined ? "" : `ip saddr ${sshFrom} ip daddr ${address} tcp dport ${sshPort}`;
  return replaceTable(`	chain from-tunnel {
		type filter hook prerouting priority mangle; policy accept;
		iifname != "${tunnel.interface}" ct mark ${mark} meta mark set ct mark
		iifname != "${tunnel.interface}" accept
		ct state established,related accept
${overTunnel === "" ? "" : `		${overTunnel} ct state new accept\n`}		ip saddr ${set(NO_VISITOR)} drop
		ip daddr ${address} tcp dport ${set(SITE_PORTS)} ct state new ct mark set ${mark} accept
		drop
	}

	chain input {
		type filter hook input priority filter; policy drop;
${ALWAYS}
		meta nfproto ipv4 tcp dport ${set(SITE_PORTS)} accept comment "by Docker's userland proxy"
${overTunnel === "" ? "" : `		iifname "${tunnel.interface}" ${overTunnel} accept\n`}		iifname "${tunnel.interface}" drop
		meta l4proto { 1, 2, 58 } accept comment "ICMP, IGMP and ICMPv6"
		udp dport 5353 accept comment "mDNS: raspberrypi.local"
		tcp dport ${sshPort} accept
		meta nfproto ipv4 tcp dport ${ADMIN_PORT} accept
${openRules(open)}	}

	chain own-answers {
		type route hook output priority mangle; policy accept;
		ct mark ${mark} meta mark set ct mark
	}

	chain forward {
		type filter hook forward priority filter; policy accept;
${clamp(tunnel)}
	}
`);
}

// A table replaced in one transaction: the first line makes the delete valid where there is none yet.
function replaceTable(chains: string): string {
  return `${managed("render/nftables.ts")}table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
${chains}}
`;
}

// Both ways: the visitor's segments and the server's. Only ever lowered.
function clamp(tunnel: { readonly interface: string; readonly mtu: number }): string {
  const mss = tunnel.mtu - HEADERS;
  return ["iifname", "oifname"]
    .map(
      (side) =>
        `		${side} "${tunnel.interface}" tcp flags syn / syn,rst tcp option maxseg size > ${mss} tcp option maxseg size set ${mss}`,
    )
    .join("\n");
}

function openRules(open: readonly string[]): string {
  return ["tcp", "udp"]
    .map((protocol) => {
      const ports = open.filter((one) => one.endsWith(`/${protocol}`)).map((one) => Number.parseInt(one, 10));
      return ports.length === 0 ? "" : `		${protocol} dport ${set([...new Set(ports)].sort((a, b) => a - b))} accept\n`;
    })
    .join("");
}

function set(members: readonly (string | number)[]): string {
  return `{ ${members.join(", ")} }`;
}
