import { ADMIN_PORT, SITE_PORTS } from "../../plan";
import type { Facts, Listener } from "./facts";

/** What a machine's firewall will let in, as far as its other programs are concerned. */
export interface Openings {
  /** The machine's name in the settings. */
  readonly name: string;
  readonly sshPort: number;
  /** Ports of the setting `open`, such as `53/udp`; undefined: the machine has no such setting. */
  readonly open: readonly string[] | undefined;
  /** Whether what Docker publishes answers as before: at home it is forwarded and never meets the filter. */
  readonly dockerAnswers: boolean;
}

/** Answers of the host itself that every firewall of ours lets in: DHCP and mDNS; and NTP's port, from which a client asks. */
const ALWAYS = ["68/udp", "546/udp", "5353/udp", "123/udp"];

/** From here on a UDP port is mostly one that a program asks from (Linux' ip_local_port_range). */
const EPHEMERAL = 32768;

/**
 * Programs that answer others today and will not after the first `up`, in one sentence with the setting that keeps them; empty: there are none.
 * Afterwards the firewall is there, and nothing is cut off by a further one.
 */
export function cutOff({ listeners, deployed }: Pick<Facts, "listeners" | "deployed">, openings: Openings): string[] {
  const lost = deployed ? [] : listeners.filter((one) => isLost(one, openings));
  if (lost.length === 0) return [];
  const programs = [...new Set(lost.map(({ program }) => program))].sort();
  const named = programs.map((name) => {
    const ports = lost.filter(({ program }) => program === name).map(portOf);
    return `${name} (${inOrder(ports).join(", ")})`;
  });
  const keep =
    openings.open === undefined
      ? "move them to another machine first, or use another one as the edge"
      : `to keep them, set for the server ${openings.name}: 'open: [${inOrder([...openings.open, ...lost.map(portOf)]).join(", ")}]'`;
  return [
    `these programs answer other machines today and will not after 'pulumi up', whose firewall lets in only what is named: ${named.join(", ")}; ${keep}`,
  ];
}

function isLost(
  { port, protocol, address, program }: Listener,
  { sshPort, open = [], dockerAnswers }: Openings,
): boolean {
  const at = portOf({ port, protocol });
  if (/^(127\.|\[::1\]|\[?::ffff:127\.)/.test(address) || address.includes("%lo")) return false;
  if (protocol === "udp" && (port >= EPHEMERAL || ALWAYS.includes(at))) return false;
  if (protocol === "tcp" && [sshPort, ...SITE_PORTS, ADMIN_PORT].includes(port)) return false;
  if (program.startsWith("wireguard ") || program.startsWith("homeport ")) return false;
  if (dockerAnswers && /^(container |docker-proxy$|dockerd$)/.test(program)) return false;
  return !open.includes(at);
}

function portOf({ port, protocol }: Pick<Listener, "port" | "protocol">): string {
  return `${port}/${protocol}`;
}

function inOrder(ports: readonly string[]): string[] {
  return [...new Set(ports)].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.localeCompare(b));
}
