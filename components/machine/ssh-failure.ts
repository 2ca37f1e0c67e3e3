/** Why a host could not be probed. One that is unreachable may return by itself; the others need a fix. */
export interface SshFailure {
  readonly reached: false;
  readonly failure: "unreachable" | "host key" | "login" | "password" | "sudo" | "workstation" | "answer";
  /** The message of ssh or the host; of a failed answer with its exit code. */
  readonly reason: string;
  /** Host keys that it shows instead, as the settings take them. */
  readonly keys: readonly string[];
}

/** With this code ssh itself failed (ssh(1), EXIT STATUS); any other is that of the command, behind a login that works. */
const OF_SSH = 255;

/** Messages of ssh itself (OpenSSH 8 to 10); the first match wins. */
const SSH_WORDS = [
  { failure: "host key", said: /host key verification failed|no matching host key type/i },
  { failure: "workstation", said: /bad configuration option|bad owner or permissions|unable to negotiate/i },
  {
    failure: "login",
    said: /permission denied \(|too many authentication failures|please login as the user|account .*expired/i,
  },
  {
    failure: "unreachable",
    said: /\bconnect to |could not resolve|connection (closed|reset|refused|timed out)|connection to .* (closed|timed out)|kex_exchange_identification|banner exchange|not responding|broken pipe|no route to host|network is unreachable|timed out|ssh_dispatch_run_fatal/i,
  },
] as const;

/** Messages of the host, behind a login: sshd's about an expired password (PAM), and those of sudo, sudo-rs and our script. */
const HOST_WORDS = [
  { failure: "password", said: /password has expired|password change required|password .*must change/i },
  { failure: "login", said: /please login as the user|account is currently not available/i },
  { failure: "sudo", said: /\bsudo(-rs)?: |not in the sudoers|homeport: needs root/ },
] as const;

/** The useful sentence of ssh's host key warning: the fingerprint to compare at the machine's console. */
const SHOWN_KEY = /The fingerprint for the \S+ key sent by the remote host is SHA256:[\w+/=]+/;

/** Characters of a reason; ssh's host key warning fills a screen. */
const REASON_LENGTH = 400;

/** What a failure of ssh means; `code`: its exit code, undefined: it was ended by a signal; `said`: what it printed. */
export function readFailure(code: number | undefined, said: string): SshFailure {
  const lines = said.split("\n");
  const keys = lines.flatMap((line) => /^key (\S+ \S+)$/.exec(line)?.[1] ?? []);
  const words = lines
    // The frames of ssh's warnings.
    .filter((line) => !/^@|^\s*$|^key \S+ \S+$/.test(line))
    .join(" ")
    .trim();
  const known = code === OF_SSH ? SSH_WORDS : HOST_WORDS;
  const failure =
    code === 127 && /no ssh on this workstation/.test(words)
      ? "workstation"
      : (known.find((one) => one.said.test(words))?.failure ?? "answer");
  const [shown = words.slice(-REASON_LENGTH)] = SHOWN_KEY.exec(words) ?? [];
  const reason = failure === "answer" ? `exit code ${code ?? "none"}: ${shown === "" ? "no message" : shown}` : shown;
  return { reached: false, failure, reason, keys };
}
