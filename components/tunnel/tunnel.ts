import { EMPTY_SPEC, HostFile, HostSpec, renderUnit, script } from "../machine";
import { renderPeerFile, WireGuardEnd } from "./wireguard";

/** The tunnel as both ends know it. */
export interface TunnelSettings {
  readonly interface: string;
  /** UDP port of the edge. */
  readonly port: number;
  /** Bytes. */
  readonly mtu: number;
  readonly keepaliveSeconds: number;
}

/** Directory of the tunnel's keys on a host. From Ubuntu 25.04 on, AppArmor lets `wg` and `wg-quick` read only below /etc/wireguard. */
const KEYS = "/etc/wireguard/homeport";

const RELOAD = "/usr/local/lib/homeport/tunnel-reload";
const SYNC = "/usr/local/lib/homeport/tunnel-sync";

/** Seconds between attempts to start the interface, for a boot before network or DNS are up. */
const RETRY_SECONDS = 5;

/** Timeout of a start or reload, seconds. wg-quick's unit has none, and retries an unknown name forever (WG_ENDPOINT_RESOLUTION_RETRIES=infinity). */
const START_SECONDS = 90;

/** A host's private key. */
export const PRIVATE_KEY_FILE = `${KEYS}/private.key`;

/** The preshared key of a host and a peer. */
export function presharedKeyFile(peer: string): string {
  return `${KEYS}/${peer}.psk`;
}

/** wg-quick's unit for the tunnel. */
export function tunnelUnit(tunnel: TunnelSettings): string {
  return `wg-quick@${tunnel.interface}.service`;
}

/** The files of one end of the tunnel: its configuration, and a reload that keeps keys and traffic. The units `beside` it start with it. */
export function tunnelFiles(tunnel: TunnelSettings, configuration: string, beside: readonly string[]): HostFile[] {
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
        Unit: {
          // However often it ends. What is only part of it would stay down after a stop and a start.
          StartLimitIntervalSec: "0",
          Wants: beside,
        },
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

/** Directory of the peers with files of their own; `tunnel-sync.sh` and `machine/scripts/units.sh` also derive it from the interface. */
export function peersDirectory({ interface: name }: TunnelSettings): string {
  return `/etc/wireguard/${name}.peers`;
}

/** A peer that comes and goes without any other change. */
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

/** The secrets of one end of the tunnel: its private key, and a preshared key per peer name. */
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
