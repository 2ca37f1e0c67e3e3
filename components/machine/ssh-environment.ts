import { loginOf, opensshOptions } from "./connection";
import { HostAddress } from "../../settings/host-address";

/** The parameters of the workstation's scripts that speak to a host with OpenSSH. */
export function sshEnvironment(host: HostAddress, knownHostsFile: string): Record<string, string> {
  return {
    TARGET: loginOf(host),
    PORT: String(host.port),
    SSH_OPTIONS: opensshOptions(host, knownHostsFile).join("\n"),
  };
}
