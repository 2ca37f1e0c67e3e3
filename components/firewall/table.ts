import { HostFile, managed, renderUnit } from "../machine";

/** A table as a file, which replaces it in one transaction; `source` names the renderer. A chain precedes those that jump to it. */
export function replaceTable(table: string, source: string, chains: readonly string[]): string {
  // The first line makes the delete valid if there is none yet.
  return `${managed(source)}table ${table}
delete table ${table}
table ${table} {
${chains.join("\n")}}
`;
}

/** A chain on a hook, or a jump target without one. nft refuses some names, such as `dnat`. */
export function chain(name: string, hook: string | undefined, rules: readonly string[]): string {
  const lines = hook === undefined ? rules : [hook, ...rules];
  return `	chain ${name} {\n${lines.map((line) => `		${line}\n`).join("")}	}\n`;
}

/** An anonymous set. */
export function set(members: readonly (string | number)[]): string {
  return `{ ${members.join(", ")} }`;
}

/** A table's file on a host, and when it is loaded. */
export interface LoadedTable {
  readonly table: string;
  /** Path of the file with its rules. */
  readonly rules: string;
  /** The unit that loads it, such as `homeport-firewall.service`. */
  readonly unit: string;
  readonly description: string;
  /** Units before and after which it is loaded. */
  readonly order: Readonly<Partial<Record<"After" | "Before", string>>>;
  /** Name of the drop-in of nftables.service, without its ending. */
  readonly dropIn: string;
  /** Commands before the rules. Default: none. */
  readonly first?: readonly string[];
  /** File that the units name as their source. */
  readonly source: string;
}

/** The unit that loads a table at every start, before the network, and keeps it loaded whatever nftables.service does. */
export function tableUnits({
  table,
  rules,
  unit,
  description,
  order,
  dropIn,
  first = [],
  source,
}: LoadedTable): HostFile[] {
  const load = `/usr/sbin/nft -f ${rules}`;
  const all = [...first, load];
  // Not an error of that service's.
  const again = `-${load}`;
  return [
    {
      path: `/etc/systemd/system/${unit}`,
      text: renderUnit(source, {
        Unit: { Description: description, DefaultDependencies: "no", ...order, Wants: "network-pre.target" },
        Service: {
          Type: "oneshot",
          RemainAfterExit: "yes",
          ExecStart: all,
          ExecReload: all,
          ExecStop: `/usr/sbin/nft delete table ${table}`,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    },
    {
      // Whatever it does, the distribution's own service flushes all tables first. `PartOf=` would not follow a reload.
      path: `/etc/systemd/system/nftables.service.d/${dropIn}.conf`,
      text: renderUnit(source, {
        Service: { ExecStartPost: again, ExecReload: again, ExecStopPost: again },
      }),
    },
  ];
}
