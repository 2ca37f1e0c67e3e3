import { EMPTY_SPEC, HostFile, HostSpec } from "../machine/host-spec";
import { script } from "../machine/scripts";
import { renderPeerFile, WireGuardEnd } from "./wireguard";
import { renderUnit } from "../machine/systemd-unit";

/** The tunnel as both ends know it. */
export interface TunnelSettings {
  readonly interface: string;
  /** UDP port of the edge. */
  readonly port: number;
  /** Bytes. */
  readonly mtu: number;
  readonly keepaliveSeconds: number;
}

/** Directory of the tunnel's keys on a host. AppArmor lets `wg` read below /etc/wireguard and nowhere else (Ubuntu from 25.04 on). */
const KEYS = "/etc/wireguard/homeport";

const RELOAD = "/usr/local/lib/homeport/tunnel-reload";
const SYNC = "/usr/local/lib/homeport/tunnel-sync";

/** Seconds between the attempts to bring the interface up, for a boot before the network or its names are there. */
const RETRY_SECONDS = 5;

/** Seconds for a start or a reload. wg-quick's unit has no bound, and looks up a name that does not exist for ever. */
const START_SECONDS = 90;

/** Where a host keeps its own private key. */
export const PRIVATE_KEY_FILE = `${KEYS}/private.key`;

/** Where a host keeps the key that it shares with a peer. */
export function presharedKeyFile(peer: string): string {
  return `${KEYS}/${peer}.psk`;
}

/** wg-quick's unit for the tunnel. */
export function tunnelUnit(tunnel: TunnelSettings): string {
  return `wg-quick@${tunnel.interface}.service`;
}

/** The files of an end of the tunnel: configuration, and a reload that keeps its keys and what flows through it. */
export function tunnelFiles(tunnel: TunnelSettings, configuration: string): HostFile[] {
  const unit = tunnelUnit(tunnel);
  return [
    {
      path: `/etc/wireguard/${tunnel.interface}.conf`,
      text: configuration,
      mode: "0600",
      onChange: { unit, action: "reload" },
      guard: true,
    },
    { path: RELOAD, text: script("tunnel/tunnel-reload.sh"), mode: "0755" },
    { path: SYNC, text: script("tunnel/tunnel-sync.sh"), mode: "0755" },
    {
      path: `/etc/systemd/system/${unit}.d/homeport.conf`,
      text: renderUnit("tunnel.ts", {
        Service: {
          ExecStartPost: `${SYNC} %i`,
          ExecReload: ["", `${RELOAD} %i`],
          Restart: "on-failure",
          RestartSec: String(RETRY_SECONDS),
          TimeoutStartSec: String(START_SECONDS),
        },
      }),
    },
  ];
}

/** Directory of the peers that have files of their own; `scripts/tunnel-sync.sh` and `scripts/host/units.sh` know it by the interface as well. */
export function peersDirectory({ interface: name }: TunnelSettings): string {
  return `/etc/wireguard/${name}.peers`;
}

/** A peer that comes and goes without a change to anything else. */
export function tunnelPeer(tunnel: TunnelSettings, name: string, peer: WireGuardEnd, presharedKey: string): HostSpec {
  return {
    ...EMPTY_SPEC,
    files: [
      {
        path: `${peersDirectory(tunnel)}/${name}.conf`,
        text: renderPeerFile(peer, presharedKey),
        mode: "0600",
        onChange: { unit: tunnelUnit(tunnel), action: "reload" },
      },
    ],
  };
}

/** The secrets of an end of the tunnel: its private key, and a preshared key for each peer by name. */
export function tunnelSecrets(
  tunnel: TunnelSettings,
  privateKey: string,
  presharedKeys: Readonly<Record<string, string>>,
): HostSpec {
  const onChange = { unit: tunnelUnit(tunnel), action: "reload" } as const;
  return {
    ...EMPTY_SPEC,
    directories: ["/etc/wireguard", KEYS].map((path) => ({ path, mode: "0700" })),
    files: [
      { path: PRIVATE_KEY_FILE, text: privateKey, mode: "0600", onChange },
      ...Object.entries(presharedKeys).map(([peer, key]) => ({
        path: presharedKeyFile(peer),
        text: key,
        mode: "0600",
        onChange,
      })),
    ],
  };
}
