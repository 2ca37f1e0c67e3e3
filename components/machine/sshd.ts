import * as path from "node:path";

import { Check, HostFile } from "./host-spec";
import { renderSshd, sshdSettings } from "./sshd-config";

/** sshd uses the first value it reads, and providers' images bring a 50-cloud-init.conf that allows passwords. */
const DROP_IN = "/etc/ssh/sshd_config.d/00-homeport.conf";

/** The running unit even with socket activation, as on Ubuntu; its reload tests the configuration first. */
const UNIT = "ssh.service";

/** Restricts sshd to keys. `login`: the user that this program logs in as. */
export function sshdFiles(login: string): HostFile[] {
  return [{ path: DROP_IN, text: renderSshd(login), onChange: { unit: UNIT, action: "reload" }, guard: true }];
}

/** Checks sshd's effective settings (`sshd -T`): another file may sort before ours, or sshd_config may not include the directory. */
export function sshdChecks(login: string): Check[] {
  const settings = Object.entries(sshdSettings(login)).map(([key, value]) => [key.toLowerCase(), value] as const);
  const keys = settings.map(([key]) => key).join("|");
  return [
    {
      claim:
        "sshd takes keys only (it believes what it reads first: sshd_config has to include /etc/ssh/sshd_config.d/*.conf before it says otherwise, " +
        `and no file there that does may sort before ${path.basename(DROP_IN)})`,
      command: [
        `said=$(sshd -T | grep -E '^(${keys}) ')`,
        `grep -Eis '^[[:space:]]*(${keys})[[:space:]=]' /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config | grep -v '^${DROP_IN}:' || true`,
        `echo "sshd says: $said"`,
        ...settings.map(([key, value]) => `grep -Eqx '${key} ${SYNONYMS[value] ?? value}' <<<"$said"`),
      ].join("\n"),
    },
  ];
}

/** sshd prints one or the other, depending on its version. */
const SYNONYMS: Readonly<Record<string, string>> = { "prohibit-password": "(prohibit|without)-password" };
