import { loginOf, opensshOptions } from "./connection";
import { Machine } from "./machine";

/** Environment of the workstation's scripts that connect with OpenSSH. */
export function sshEnvironment({ address }: Pick<Machine, "address">): Record<string, string> {
  return {
    TARGET: loginOf(address),
    PORT: String(address.port),
    SSH_OPTIONS: opensshOptions(address).join("\n"),
  };
}
