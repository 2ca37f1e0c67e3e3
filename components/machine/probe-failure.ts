import { HostAddress } from "../../settings";
import { Observation } from "./observation";

/** Why a host could not be probed, and what to do; `agent`: the socket of the operator's ssh agent. */
export function unreachedMessage(
  host: HostAddress,
  seen: Extract<Observation, { reached: false }>,
  agent: string | undefined,
): string {
  const name = `${host.name} (${host.address})`;
  const answer = `ssh reported: ${seen.reason}`;
  switch (seen.failure) {
    case "host key":
      return (
        `${name}: its host key is not the one in the settings, so nothing was sent to it. Compare 'hostKey' with the key on the machine's own ` +
        `console (cat /etc/ssh/ssh_host_*_key.pub); after a reinstallation, put the new key in the settings. ${answer}`
      );
    case "login":
      return (
        `${name}: the login ${host.user} was refused. ${describeKey(host, agent)} to ~${host.user}/.ssh/authorized_keys there, ` +
        `or correct 'user' and 'privateKeyFile' in the settings. ${answer}`
      );
    case "sudo":
      return (
        `${name}: ${host.user} has no passwordless sudo. Run as root on the machine: ` +
        `echo '${host.user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010-homeport. ${answer}`
      );
    case "unreachable":
      return (
        `${name} is unreachable: ${seen.reason}. Nothing was changed. Check that it is on and that its address and port (${host.port}) are right, ` +
        `then run 'pulumi up' again`
      );
  }
}

function describeKey({ privateKeyFile }: HostAddress, agent: string | undefined): string {
  if (privateKeyFile !== undefined) return `Add the public half of ${privateKeyFile}`;
  return agent === undefined
    ? "No key was offered: there is no ssh agent (SSH_AUTH_SOCK is not set). Start one, and add a key of it"
    : "Add a key of your ssh agent";
}
