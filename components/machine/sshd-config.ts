import { managed } from "./managed";

/**
 * Key-only login, by keyword of sshd_config(5). `keyboard-interactive` is off as well: PAM asks for passwords through it. `PermitRootLogin` is set only if
 * root is the login: elsewhere it would weaken an operator's own `no`.
 */
export function sshdSettings(login: string): Readonly<Record<string, string>> {
  return {
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    ...(login === "root" ? { PermitRootLogin: "prohibit-password" } : {}),
  };
}

/** A file of sshd_config.d. */
export function renderSshd(login: string): string {
  const lines = Object.entries(sshdSettings(login)).map(([key, value]) => `${key} ${value}\n`);
  return `${managed("render/sshd.ts")}${lines.join("")}`;
}
