import { Check, HostFile, renderSysctl, Watch } from "../machine";
import { TABLE } from "./nftables";
import { tableUnits } from "./table";

const RULES = "/etc/homeport/firewall.nft";
const SYSCTL = "/etc/sysctl.d/60-homeport.conf";

/**
 * Loads our table, and the kernel settings that the rules depend on. Not `nftables.service`: it flushes everything first, Docker's tables included.
 */
export const FIREWALL_UNIT = "homeport-firewall.service";

/** The table is loaded. */
export const FIREWALL_CHECK: Check = { claim: "the firewall is loaded", command: `nft list table ${TABLE}` };

/** Values by kernel setting that the rules depend on. */
export type KernelSettings = Readonly<Record<string, number>>;

/** The live table and settings, compared at each preview. */
export function firewallWatches(kernel: KernelSettings): Watch[] {
  const unit = { unit: FIREWALL_UNIT, action: "reload" } as const;
  return [
    { kind: "nft", name: TABLE, ...unit },
    ...Object.keys(kernel)
      .sort()
      .map((key): Watch => ({ kind: "sysctl", name: key, ...unit })),
  ];
}

/** The files of a host's firewall. */
export function firewallFiles(rules: string, kernel: KernelSettings): HostFile[] {
  return [
    { path: RULES, text: rules, onChange: { unit: FIREWALL_UNIT, action: "reload" }, guard: true },
    { path: SYSCTL, text: renderSysctl("firewall.ts", kernel), onChange: { unit: FIREWALL_UNIT, action: "reload" } },
    ...tableUnits({
      ...{ table: TABLE, rules: RULES, unit: FIREWALL_UNIT, description: "Homeport's firewall", source: "firewall.ts" },
      order: { After: "systemd-sysctl.service", Before: "network-pre.target" },
      dropIn: "homeport",
      first: [`/usr/lib/systemd/systemd-sysctl ${SYSCTL}`],
    }),
  ];
}
