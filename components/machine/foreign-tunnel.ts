import type { Facts } from "./facts";

/**
 * A tunnel of the person's own under the name of ours: its configuration, with the private key in it, would be overwritten, and removed at a destroy.
 * `tunnel`: the interface that Homeport is to have; undefined: none.
 */
export function foreignTunnel({ tunnels }: Pick<Facts, "tunnels">, tunnel: string | undefined): string[] {
  if (tunnel === undefined) return [];
  const file = `/etc/wireguard/${tunnel}.conf`;
  const up = tunnels.interfaces.includes(tunnel);
  const instead = "or set tunnel.interface to another name";
  if (tunnels.files.includes(file)) {
    const commands = [
      ...(up ? [`wg-quick down ${tunnel}`] : []),
      `systemctl disable --now wg-quick@${tunnel}`,
      `mv ${file} /root/`,
    ];
    return [
      `it has a WireGuard tunnel of its own, ${file}, which Homeport would overwrite: move it away ('${commands.join("; ")}'), ${instead}`,
    ];
  }
  return up
    ? [
        `its WireGuard interface ${tunnel} is not Homeport's: take out what makes it, and 'ip link delete ${tunnel}', ${instead}`,
      ]
    : [];
}
