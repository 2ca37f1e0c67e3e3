import { isIPv4 } from "node:net";

import { Flow } from "../../plan";
import { EMPTY_SPEC, HostSpec, managed, renderUnit } from "../machine";
import { PRIVATE_NETWORKS } from "./nftables";

/** A table of its own: it comes with the containers' network, whose addresses Docker chooses. */
const TABLE = "inet homeport-containers";

const RULES = "/etc/homeport/containers.nft";

const UNIT = "homeport-containers.service";

/** What the containers of a server may open besides the internet. */
export interface ContainerReach {
  /** Addresses of the containers' network, such as `172.18.0.0/16`. */
  readonly subnet: string;
  /** Connections of this stack through the tunnel. */
  readonly flows: readonly Pick<Flow, "to" | "port">[];
  /** Networks that the settings name. */
  readonly networks: readonly string[];
}

/**
 * What containers on the proxy's network begin: the internet, names, and what is named here. The machine's own ssh and admin, the home network, and a
 * provider's metadata service are closed to whoever takes over the application. Answers, and other containers of the machine, are not touched.
 */
export function renderContainerFirewall({ subnet, flows, networks }: ContainerReach): string {
  const lines = [
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    "	chain begun {",
    "		ct state established,related accept",
    // Docker asks the machine's own name servers from the container's side.
    "		meta l4proto { 6, 17 } th dport 53 accept",
    // The network's own gateway is this machine as well.
    "		fib daddr type local reject with icmp type admin-prohibited",
    `		ip daddr ${subnet} accept`,
    ...flows.map(({ to, port }) => `		ip daddr ${to} tcp dport ${port} accept`),
    ...(networks.length === 0 ? [] : [`		ip daddr { ${[...networks].sort().join(", ")} } accept`]),
    `		ip daddr { ${PRIVATE_NETWORKS.join(", ")} } reject with icmp type admin-prohibited`,
    "	}",
    "	chain forward {",
    "		type filter hook forward priority filter; policy accept;",
    `		ip saddr ${subnet} jump begun`,
    "	}",
    "	chain input {",
    "		type filter hook input priority filter; policy accept;",
    `		ip saddr ${subnet} jump begun`,
    "	}",
    "}",
  ];
  return `${managed("render/containers.ts")}${lines.join("\n")}\n`;
}

/** The rules, and the unit that loads them whenever the machine starts. */
export function containerFirewallSpec(reach: ContainerReach): HostSpec {
  const load = `/usr/sbin/nft -f ${RULES}`;
  const again = `-${load}`;
  const reload = { unit: UNIT, action: "reload" } as const;
  return {
    ...EMPTY_SPEC,
    files: [
      { path: RULES, text: renderContainerFirewall(reach), onChange: reload },
      {
        path: `/etc/systemd/system/${UNIT}`,
        text: renderUnit("containers.ts", {
          Unit: {
            Description: "Homeport: what the site's containers may open",
            DefaultDependencies: "no",
            Before: "docker.service network-pre.target",
            Wants: "network-pre.target",
          },
          Service: {
            Type: "oneshot",
            RemainAfterExit: "yes",
            ExecStart: load,
            ExecReload: load,
            ExecStop: `/usr/sbin/nft delete table ${TABLE}`,
          },
          Install: { WantedBy: "multi-user.target" },
        }),
      },
      {
        // Whatever it does, the distribution's own service flushes all tables first.
        path: "/etc/systemd/system/nftables.service.d/homeport-containers.conf",
        text: renderUnit("containers.ts", {
          Service: { ExecStartPost: again, ExecReload: again, ExecStopPost: again },
        }),
      },
    ],
    units: [UNIT],
    watches: [{ kind: "nft", name: TABLE, ...reload }],
  };
}

/** The network of one address in a URL, where that is an address and no name. */
export function addressOf(url: string | undefined): string[] {
  if (url === undefined) return [];
  try {
    const { hostname } = new URL(url);
    return isIPv4(hostname) ? [`${hostname}/32`] : [];
  } catch {
    return [];
  }
}
