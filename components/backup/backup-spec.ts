import { EMPTY_SPEC, HostFile, HostSpec, renderUnit, script } from "../machine";

/** What a machine saves; backup.py reads it as JSON. */
export interface BackupSettings {
  /** Name of the application on its servers. */
  readonly app: string;
  readonly owner: string;
  /** The machine's name in the settings: restic's host. */
  readonly machine: string;
  /** Whether the application's volumes are here. */
  readonly volumes: boolean;
  /** Name of the database that PostgreSQL has here for it; null: none. */
  readonly postgres: string | null;
  /** Patterns of further files: what a rebuilt machine needs. */
  readonly files: readonly string[];
  /** Backups that are kept, the last of each day, week and month. */
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
}

/** Where backups go, and by what login. */
export interface BackupPlace {
  /** As restic takes it. */
  readonly repository: string;
  /** The repository's key. */
  readonly key: string;
  /** Further variables of restic, `NAME=VALUE` separated by white space. */
  readonly environment: string | undefined;
}

/** Time of day, `HH:MM`. */
export type Time = string;

/** Of the random delay, minutes: several machines with one target do not begin together. */
const SPREAD_MINUTES = 10;

/** The program on the machine. */
export const BACKUP_PROGRAM = "/usr/local/lib/homeport/backup";

const KEPT = "/var/lib/homeport-backup";

/** The nightly backup of one machine. */
export function backupSpec(settings: BackupSettings, at: Time, place: BackupPlace): HostSpec {
  const { app } = settings;
  const timer = `homeport-backup-${app}.timer`;
  return {
    ...EMPTY_SPEC,
    packages: ["python3", "restic", ...(place.repository.startsWith("sftp:") ? ["openssh-client"] : [])],
    directories: [{ path: "/etc/homeport/backup", mode: "0700" }],
    files: [
      { path: BACKUP_PROGRAM, text: script("backup/backup.py"), mode: "0755" },
      { path: `/etc/homeport/backup/${app}.json`, text: `${JSON.stringify(settings, undefined, 2)}\n`, mode: "0600" },
      { path: `/etc/homeport/backup/${app}.env`, text: environmentOf(place), mode: "0600" },
      ...unitFiles(app, at, timer),
    ],
    units: [timer],
    leftovers: [`${KEPT}/${app}.json`, `${KEPT}/${app}.line`, `${KEPT}/${app}.lock`],
    notes: [
      `the backups of ${app} stay in ${shown(place.repository)}; their key is in the stack's state until that goes`,
    ],
  };
}

/** A variable a line; a later one counts, so the operator's own RESTIC_REPOSITORY does. */
export function environmentOf({ repository, key, environment }: BackupPlace): string {
  const own = (environment ?? "").split(/\s+/).filter((word) => word !== "");
  return [`RESTIC_REPOSITORY=${repository}`, `RESTIC_PASSWORD=${key}`, ...own, ""].join("\n");
}

function shown(repository: string): string {
  return repository.replace(/\/\/[^/@]*@/, "//");
}

function unitFiles(app: string, at: Time, timer: string): HostFile[] {
  return [
    {
      path: `/etc/systemd/system/homeport-backup-${app}.service`,
      text: renderUnit("backup-spec.ts", {
        Unit: {
          Description: `Homeport: a backup of ${app}`,
          Wants: "network-online.target",
          After: "network-online.target docker.service",
        },
        Service: {
          Type: "oneshot",
          ExecStart: `${BACKUP_PROGRAM} ${app} run`,
          Nice: "19",
          IOSchedulingClass: "idle",
          PrivateTmp: "yes",
        },
      }),
    },
    {
      path: `/etc/systemd/system/${timer}`,
      text: renderUnit("backup-spec.ts", {
        Unit: { Description: `Homeport: backups of ${app}` },
        Timer: { OnCalendar: `*-*-* ${at}:00`, RandomizedDelaySec: `${SPREAD_MINUTES}min`, Persistent: "yes" },
        Install: { WantedBy: "timers.target" },
      }),
      onChange: { unit: timer, action: "restart" },
    },
  ];
}
