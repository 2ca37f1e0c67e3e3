import { TUNNEL_MARK } from "../firewall";
import { managed } from "../machine";

/** One end of the tunnel. The keys are in files of their own and set when the interface comes up. */
export interface WireGuardInterface {
  /** Address with prefix length, such as `10.77.0.1/24`. */
  readonly address: string;
  /** Bytes. */
  readonly mtu: number;
  readonly privateKeyFile: string;
  /** The private key's other half. It stands in a comment: a new key is a change of this file, after which the interface is looked at anew. Undefined: peers' keys change with it. */
  readonly publicKey?: string;
  /** UDP port; undefined: any, as behind NAT. */
  readonly listenPort?: number;
  /** True: answers to traffic from the tunnel return through it; everything else is routed as before. */
  readonly returnRoute?: boolean;
  readonly peers: readonly WireGuardPeer[];
}

/** The other end in the interface's file, with its preshared key in another file. */
export interface WireGuardPeer extends WireGuardEnd {
  readonly presharedKeyFile: string;
}

/** The other end. */
export interface WireGuardEnd {
  readonly publicKey: string;
  readonly allowedIps: readonly string[];
  /** `host:port`; undefined: the peer connects first. */
  readonly endpoint?: string;
  /** Seconds; undefined: off. */
  readonly keepaliveSeconds?: number;
}

/** A file of wg-quick(8). `tunnel-sync.sh` reads its `PostUp = wg set` lines. */
export function renderWireGuard(tunnel: WireGuardInterface): string {
  const peers = [...tunnel.peers].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
  const head = [
    "[Interface]",
    `Address = ${tunnel.address}`,
    `MTU = ${tunnel.mtu}`,
    ...(tunnel.listenPort === undefined ? [] : [`ListenPort = ${tunnel.listenPort}`]),
    ...(tunnel.publicKey === undefined ? [] : [`# Public key: ${tunnel.publicKey}`]),
    `PostUp = wg set %i private-key ${tunnel.privateKeyFile}`,
    ...peers.map((peer) => `PostUp = wg set %i peer ${peer.publicKey} preshared-key ${peer.presharedKeyFile}`),
    ...(tunnel.returnRoute === true ? returnRoute() : []),
  ];
  return `${managed("render/wireguard.ts")}${[...head, ...peers.flatMap((peer) => ["", ...renderPeer(peer)])].join("\n")}\n`;
}

/** A peer in a file of its own, with its preshared key; `tunnel-sync.sh` adds it to the interface. */
export function renderPeerFile(peer: WireGuardEnd, presharedKey: string): string {
  return `${managed("render/wireguard.ts")}${renderPeer(peer, [`PresharedKey = ${presharedKey}`]).join("\n")}\n`;
}

function renderPeer(peer: WireGuardEnd, key: readonly string[] = []): string[] {
  return [
    "[Peer]",
    `PublicKey = ${peer.publicKey}`,
    ...key,
    `AllowedIPs = ${[...peer.allowedIps].sort().join(", ")}`,
    ...(peer.endpoint === undefined ? [] : [`Endpoint = ${peer.endpoint}`]),
    ...(peer.keepaliveSeconds === undefined ? [] : [`PersistentKeepalive = ${peer.keepaliveSeconds}`]),
  ];
}

// `Table = off`: otherwise wg-quick would route all of the home's traffic through the tunnel.
function returnRoute(): string[] {
  const rule = `fwmark ${TUNNEL_MARK} table ${TUNNEL_MARK} priority ${TUNNEL_MARK}`;
  return [
    "Table = off",
    `PostUp = ip route replace default dev %i table ${TUNNEL_MARK}`,
    // A rule left by a crash would make `add` fail, and with it the interface.
    `PostUp = ip rule del ${rule} 2>/dev/null || true; ip rule add ${rule}`,
    `PreDown = ip rule del ${rule} || true`,
  ];
}
