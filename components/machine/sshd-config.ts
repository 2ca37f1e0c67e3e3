import { managed } from "./managed";

/** Who can reach a machine's sshd, and how this program logs in there. */
export interface SshdPolicy {
  /** The user of this program's ssh. */
  readonly login: string;
  /** The pinned host key; its type stays on offer. */
  readonly hostKey: string;
  /** `public`: keys only. `home`: passwords from the home's own addresses, and from nowhere else. */
  readonly place: "public" | "home";
  /** The machine's tunnel address, where the edge may open ssh by it: keys only there. */
  readonly tunnelAddress?: string | undefined;
}

/**
 * Algorithms that ssh-audit fails or warns of, as what is taken from sshd's own lists, so that a newer version's better ones are there. curve25519 stays
 * despite its warning: Pulumi's plugin (golang.org/x/crypto) and OpenSSH before 8.5 know nothing better.
 */
const WITHOUT: Readonly<Record<string, string>> = {
  KexAlgorithms: "-ecdh-sha2-*,diffie-hellman-*,curve25519-sha256@libssh.org",
  MACs: "-umac-64*,umac-128@openssh.com,hmac-sha1*,hmac-sha2-256,hmac-sha2-512",
};
const WITHOUT_ECDSA = { HostKeyAlgorithms: "-ecdsa-*,sk-ecdsa-*,webauthn-*" };

/** Addresses of a home: private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291) and loopback. Anything else came from outside, also by IPv6. */
const HOME = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"],
  ...["fc00::/7", "fe80::/10", "::1/128"],
];

/** A client by its address, and the machine's address that it asked. */
interface Connection {
  readonly from: string;
  readonly at: string;
}

/** Addresses of no home; the second is kept for documentation (RFC 3849). */
const OUTSIDE: Connection = { from: "2001:db8::1", at: "2001:db8::2" };

/**
 * Key-only login, by keyword of sshd_config(5). `keyboard-interactive` is off as well: PAM asks for passwords through it. `PermitRootLogin` is set only if
 * root is the login: elsewhere it would weaken an operator's own `no`.
 */
export function keysOnly(login: string): Readonly<Record<string, string>> {
  return {
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    ...(login === "root" ? { PermitRootLogin: "prohibit-password" } : {}),
  };
}

/** Connections that are let in by key only. */
export function keyConnections({ tunnelAddress }: Pick<SshdPolicy, "tunnelAddress">): readonly Connection[] {
  return [OUTSIDE, ...(tunnelAddress === undefined ? [] : [{ from: tunnelAddress, at: tunnelAddress }])];
}

/** A file of sshd_config.d. */
export function renderSshd({ login, hostKey, place, tunnelAddress }: SshdPolicy): string {
  const keys = lines(keysOnly(login));
  const match = (criterion: string): string[] => [`Match ${criterion}`, ...keys.map((line) => `  ${line}`)];
  return [
    managed("render/sshd.ts").trimEnd(),
    ...lines({ ...WITHOUT, ...(hostKey.startsWith("ecdsa") ? {} : WITHOUT_ECDSA) }),
    ...(place === "public"
      ? keys
      : [
          ...match(`Address 0.0.0.0/0,::/0,${HOME.map((network) => `!${network}`).join(",")}`),
          ...(tunnelAddress === undefined ? [] : match(`LocalAddress ${tunnelAddress}`)),
        ]),
    "",
  ].join("\n");
}

function lines(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).map(([key, value]) => `${key} ${value}`);
}
