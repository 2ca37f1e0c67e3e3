import { managed } from "../machine/managed";
import { TUNNEL_MARK } from "../firewall/nftables";

/** One end of the tunnel. Keys are not in the file: they are set from files of their own when the interface comes up. */
export interface WireGuardInterface {
  /** Address with prefix length, such as `10.77.0.1/24`. */
  readonly address: string;
  /** Bytes. */
  readonly mtu: number;
  readonly privateKeyFile: string;
  /** UDP port; undefined: any, as behind NAT. */
  readonly listenPort?: number;
  /** True: answers to what came out of the tunnel go back into it, everything else keeps its own way. */
  readonly returnRoute?: boolean;
  readonly peers: readonly WireGuardPeer[];
}

/** The other end as the interface's file knows it: with its preshared key in another file. */
export interface WireGuardPeer extends WireGuardEnd {
  readonly presharedKeyFile: string;
}

/** The other end. */
export interface WireGuardEnd {
  readonly publicKey: string;
  readonly allowedIps: readonly string[];
  /** `host:port`; undefined: the peer speaks first. */
  readonly endpoint?: string;
  /** Seconds; undefined: off. */
  readonly keepaliveSeconds?: number;
}

/** The file of wg-quick(8). `scripts/tunnel-sync.sh` reads its `PostUp = wg set` lines. */
export function renderWireGuard(tunnel: WireGuardInterface): string {
  const peers = [...tunnel.peers].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
  const head = [
    "[Interface]",
    `Address = ${tunnel.address}`,
    `MTU = ${tunnel.mtu}`,
    ...(tunnel.listenPort === undefined ? [] : [`ListenPort = ${tunnel.listenPort}`]),
    `PostUp = wg set %i private-key ${tunnel.privateKeyFile}`,
    ...peers.map((peer) => `PostUp = wg set %i peer ${peer.publicKey} preshared-key ${peer.presharedKeyFile}`),
    ...(tunnel.returnRoute === true ? returnRoute() : []),
  ];
  return `${managed("render/wireguard.ts")}${[...head, ...peers.flatMap((peer) => ["", ...renderPeer(peer)])].join("\n")}\n`;
}

/** A peer in a file of its own, with the key that is shared with it; `scripts/tunnel-sync.sh` adds it to the interface's. */
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

// `Table = off` keeps wg-quick from sending all of the home's traffic through the tunnel.
function returnRoute(): string[] {
  const rule = `fwmark ${TUNNEL_MARK} table ${TUNNEL_MARK} priority ${TUNNEL_MARK}`;
  return [
    "Table = off",
    `PostUp = ip route replace default dev %i table ${TUNNEL_MARK}`,
    // A rule that outlived a crash would make `add` fail, and with it the interface.
    `PostUp = ip rule del ${rule} 2>/dev/null || true; ip rule add ${rule}`,
    `PreDown = ip rule del ${rule} || true`,
  ];
}
