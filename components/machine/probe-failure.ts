import { HostAddress } from "../../settings";
import { SshFailure } from "./ssh-failure";

/** Why a host could not be probed, and what to do; `agent`: the socket of the operator's ssh agent. */
export function unreachedMessage(host: HostAddress, seen: SshFailure, agent: string | undefined): string {
  const name = `${host.name} (${host.address})`;
  const answer = `ssh reported: ${seen.reason}`;
  switch (seen.failure) {
    case "host key":
      return (
        `${name}: its host key is not the one in the settings, so nothing was sent to it. Compare 'hostKey' with the key on the machine's own ` +
        `console (cat /etc/ssh/ssh_host_*_key.pub); after a reinstallation, put the new key in the settings. ${shownKeys(seen.keys)}${answer}`
      );
    case "login":
      return (
        `${name}: the login ${host.user} was refused. ${describeKey(host, seen.reason, agent)}, ` +
        `or correct 'user' and 'privateKeyFile' in the settings. ${answer}`
      );
    case "password":
      return (
        `${name}: the password of ${host.user} has expired, so the machine runs no command for this login. Set a new one there ` +
        `('ssh ${host.user}@${host.address}' asks for it), or run 'chage -d $(date +%F) ${host.user}' as root. ${answer}`
      );
    case "sudo":
      return `${name}: ${sudoRemedy(host.user, seen.reason)}. ${answer}`;
    case "workstation":
      return (
        `${name}: this workstation's ssh cannot connect to it; nothing was changed. Homeport needs OpenSSH 8.5 or newer here, ` +
        `with permissions and algorithms that it accepts. ${answer}`
      );
    case "answer":
      return (
        `${name}: the login as ${host.user} works, but the probe did not run there (${seen.reason}). Nothing was changed. ` +
        `It needs bash, and a login shell that runs 'sh -c' and is not closed: 'chsh -s /bin/bash ${host.user}' sets one`
      );
    case "unreachable":
      return (
        `${name} is unreachable: ${seen.reason}. Nothing was changed. Check that it is on and that its address and port (${host.port}) are right, ` +
        `then run 'pulumi up' again${limited(seen.reason)}`
      );
  }
}

/** The end of a refused login's advice: with a crowded agent the right key may never be tried (sshd_config(5), MaxAuthTries). */
function describeKey({ user, privateKeyFile }: HostAddress, reason: string, agent: string | undefined): string {
  const where = `to ~${user}/.ssh/authorized_keys there`;
  if (/currently not available/.test(reason))
    return `Its login shell lets nobody in: run 'chsh -s /bin/bash ${user}' as root there`;
  if (privateKeyFile !== undefined) return `Add the public half of ${privateKeyFile} ${where}`;
  if (/too many authentication failures/i.test(reason))
    return "Your ssh agent holds more keys than it lets you try: set 'privateKeyFile' to the one for this machine, or remove others (ssh-add -d)";
  return agent === undefined
    ? `No key was offered: there is no ssh agent (SSH_AUTH_SOCK is not set). Start one, and add a key of it ${where}`
    : `Add a key of your ssh agent ${where}`;
}

function sudoRemedy(user: string, reason: string): string {
  return /sudo: (command )?not found/.test(reason)
    ? `there is no sudo, and ${user} is not root: run 'apt-get install sudo' as root on the machine, or set 'user' to root`
    : `${user} has no passwordless sudo. Run as root on the machine: ` +
        `echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010-homeport`;
}

function shownKeys(keys: readonly string[]): string {
  return keys.length === 0 ? "" : `It now shows ${keys.map((key) => `'hostKey: ${key}'`).join(" and ")}. `;
}

// A machine that counts connections closes the next one at once (ufw limit, fail2ban, sshd's PerSourcePenalties); each command makes one.
function limited(reason: string): string {
  return /kex_exchange_identification|connection (closed|reset) by/i.test(reason)
    ? ". If it limits how often one address may connect (ufw limit, fail2ban, PerSourcePenalties), wait a minute and except this workstation"
    : "";
}
