import type { Facts } from "./facts";

/**
 * A foreign tunnel under our name: a deploy would overwrite its configuration, private key included, and a destroy would remove it.
 * `tunnel`: Homeport's interface; undefined: none.
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
      `its own WireGuard configuration ${file} would be overwritten: move it away ('${commands.join("; ")}'), ${instead}`,
    ];
  }
  return up
    ? [
        `its WireGuard interface ${tunnel} is not Homeport's: remove what creates it, then run 'ip link delete ${tunnel}', ${instead}`,
      ]
    : [];
}
