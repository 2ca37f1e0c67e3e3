import { Check, HostFile, renderSysctl, renderUnit, Watch } from "../machine";
import { TABLE } from "./nftables";

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
  // Not an error of that service's.
  const again = `-/usr/sbin/nft -f ${RULES}`;
  const load = [`/usr/lib/systemd/systemd-sysctl ${SYSCTL}`, `/usr/sbin/nft -f ${RULES}`];
  return [
    { path: RULES, text: rules, onChange: { unit: FIREWALL_UNIT, action: "reload" }, guard: true },
    { path: SYSCTL, text: renderSysctl("firewall.ts", kernel), onChange: { unit: FIREWALL_UNIT, action: "reload" } },
    {
      path: `/etc/systemd/system/${FIREWALL_UNIT}`,
      text: renderUnit("firewall.ts", {
        Unit: {
          Description: "Homeport's firewall",
          DefaultDependencies: "no",
          After: "systemd-sysctl.service",
          Before: "network-pre.target",
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
      // Whatever it does, the distribution's own service flushes all tables first. `PartOf=` would not follow a reload.
      path: "/etc/systemd/system/nftables.service.d/homeport.conf",
      text: renderUnit("firewall.ts", {
        Service: { ExecStartPost: again, ExecReload: again, ExecStopPost: again },
      }),
    },
  ];
}
