import { managed } from "./managed";

/**
 * What sshd is to say of itself about logins, by keyword of sshd_config(5): keys only.
 * `keyboard-interactive` is off as well, because PAM asks for passwords through it. For root the same once more, where root is the login; where it is
 * not, somebody may have shut root out altogether, and that stays.
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
