import { isIPv4 } from "node:net";

import { Flow } from "../../plan";
import { EMPTY_SPEC, HostSpec } from "../machine";
import { PRIVATE_NETWORKS } from "./nftables";
import { chain, replaceTable, set, tableUnits } from "./table";

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
  const refuse = "reject with icmp type admin-prohibited";
  const begin = (hook: string): string =>
    chain(hook, `type filter hook ${hook} priority filter; policy accept;`, [`ip saddr ${subnet} jump begun`]);
  return replaceTable(TABLE, "render/containers.ts", [
    chain("begun", undefined, [
      "ct state established,related accept",
      // Docker asks the machine's own name servers from the container's side.
      "meta l4proto { 6, 17 } th dport 53 accept",
      // The network's own gateway is this machine as well.
      `fib daddr type local ${refuse}`,
      `ip daddr ${subnet} accept`,
      ...flows.map(({ to, port }) => `ip daddr ${to} tcp dport ${port} accept`),
      ...(networks.length === 0 ? [] : [`ip daddr ${set([...networks].sort())} accept`]),
      `ip daddr ${set(PRIVATE_NETWORKS)} ${refuse}`,
    ]),
    begin("forward"),
    begin("input"),
  ]);
}

/** The rules, and the unit that loads them whenever the machine starts. */
export function containerFirewallSpec(reach: ContainerReach): HostSpec {
  const reload = { unit: UNIT, action: "reload" } as const;
  return {
    ...EMPTY_SPEC,
    files: [
      { path: RULES, text: renderContainerFirewall(reach), onChange: reload },
      ...tableUnits({
        ...{ table: TABLE, rules: RULES, unit: UNIT, source: "containers.ts" },
        description: "Homeport: what the site's containers may open",
        order: { Before: "docker.service network-pre.target" },
        dropIn: "homeport-containers",
      }),
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
