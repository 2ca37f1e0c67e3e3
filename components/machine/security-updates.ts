import { EMPTY_SPEC, HostSpec } from "./host-spec";
import { managed } from "./managed";

/** What a machine installs by itself. */
export interface UpdateSettings {
  /** Whether it installs its distribution's security updates. */
  readonly security: boolean;
  /** Time of day for the reboots that updates ask for, such as `04:30`; undefined: it waits for you. */
  readonly rebootAt?: string | undefined;
}

/** After the distribution's own 20auto-upgrades and 50unattended-upgrades: apt reads these files in the order of their names. */
const FILE = "/etc/apt/apt.conf.d/90homeport-security-updates";

/**
 * Origins with nothing but security updates, as unattended-upgrades matches them. Raspberry Pi OS of 32 bits has no archive for them: its Raspbian is taken whole.
 * Not its kernel and firmware, which come from another archive.
 */
const ORIGINS = [
  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security",
  "origin=Raspbian,codename=${distro_codename},label=Raspbian",
  "origin=Ubuntu,archive=${distro_codename}-security,label=Ubuntu",
];

/** Days between two runs of each of apt's daily jobs. */
const DAYS = 1;

/** Has a machine install security updates once a day, by Debian's own unattended-upgrades. */
export function securityUpdates({ security, rebootAt }: UpdateSettings): HostSpec {
  if (!security) return EMPTY_SPEC;
  return {
    ...EMPTY_SPEC,
    packages: ["unattended-upgrades"],
    files: [{ path: FILE, text: managed("machine/security-updates.ts", "//") + aptSettings(rebootAt) }],
  };
}

function aptSettings(rebootAt: string | undefined): string {
  return [
    `APT::Periodic::Update-Package-Lists "${DAYS}";`,
    `APT::Periodic::Unattended-Upgrade "${DAYS}";`,
    "#clear Unattended-Upgrade::Allowed-Origins;",
    "#clear Unattended-Upgrade::Origins-Pattern;",
    "Unattended-Upgrade::Origins-Pattern {",
    ...ORIGINS.map((origin) => `  "${origin}";`),
    "};",
    // In steps, so that a restart in the middle leaves nothing half installed.
    'Unattended-Upgrade::MinimalSteps "true";',
    `Unattended-Upgrade::Automatic-Reboot "${String(rebootAt !== undefined)}";`,
    ...(rebootAt === undefined ? [] : [`Unattended-Upgrade::Automatic-Reboot-Time "${rebootAt}";`]),
    "",
  ].join("\n");
}
