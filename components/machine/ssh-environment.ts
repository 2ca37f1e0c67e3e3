import { loginOf, opensshOptions } from "./connection";
import { Machine } from "./machine";

/** Environment of the workstation's scripts that connect with OpenSSH. */
export function sshEnvironment({
  address,
  knownHostsFile,
}: Pick<Machine, "address" | "knownHostsFile">): Record<string, string> {
  return {
    TARGET: loginOf(address),
    PORT: String(address.port),
    SSH_OPTIONS: opensshOptions(address, knownHostsFile).join("\n"),
  };
}
