import * as path from "node:path";

import { Check, HostFile } from "./host-spec";
import { keyConnections, keysOnly, renderSshd, SshdPolicy } from "./sshd-config";

/** sshd uses the first value it reads, and providers' images bring a 50-cloud-init.conf that allows passwords. */
const DROP_IN = "/etc/ssh/sshd_config.d/00-homeport.conf";

/** The running unit even with socket activation, as on Ubuntu; its reload tests the configuration first. */
const UNIT = "ssh.service";

/** Restricts sshd to keys wherever others reach it, and to sound algorithms. */
export function sshdFiles(policy: SshdPolicy): HostFile[] {
  return [{ path: DROP_IN, text: renderSshd(policy), onChange: { unit: UNIT, action: "reload" }, guard: true }];
}

/** Checks sshd's effective settings (`sshd -T`): another file may sort before ours, or sshd_config may not include the directory. */
export function sshdChecks(policy: SshdPolicy): Check[] {
  const settings = Object.entries(keysOnly(policy.login)).map(([key, value]) => [key.toLowerCase(), value] as const);
  const keys = settings.map(([key]) => key).join("|");
  return [
    {
      claim:
        "sshd takes keys only (it believes what it reads first: sshd_config has to include /etc/ssh/sshd_config.d/*.conf before it says otherwise, " +
        `and no file there that does may sort before ${path.basename(DROP_IN)})`,
      command: [
        `grep -Eis '^[[:space:]]*(${keys})[[:space:]=]' /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config | grep -v '^${DROP_IN}:' || true`,
        ...keyConnections(policy).flatMap(({ from, at }) => [
          `said=$(sshd -T -C user=${policy.login},host=client,addr=${from},laddr=${at},lport=22 | grep -E '^(${keys}) ')`,
          `echo "sshd says to a client from ${from}: $said"`,
          ...settings.map(([key, value]) => `grep -Eqx '${key} ${SYNONYMS[value] ?? value}' <<<"$said"`),
        ]),
      ].join("\n"),
    },
  ];
}

/** sshd prints one or the other, depending on its version. */
const SYNONYMS: Readonly<Record<string, string>> = { "prohibit-password": "(prohibit|without)-password" };
