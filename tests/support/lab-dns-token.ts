import { Lab } from "./lab";
import { LabMachine } from "./lab-machine";
import { SettingValues, StackRun } from "./lab-stack";

/** The proxy's own token: of the form that the zone's API takes, and another than the workstation's. */
export const DNS_TOKEN = "proxy-token-9876543210-9876543210-987654";

/** Where the machine has it on which TLS ends. */
export const DNS_TOKEN_FILE = "/etc/homeport/traefik/secrets/dns-token";

/** One certificate for the domain and every name below it. */
const WILDCARD: SettingValues = { "homeport:tls": { challenge: "dns-01", wildcard: true } };

/** An `up` by which the names are proven by records of the zone. */
export function upWithDnsToken({ stack }: Lab): Promise<StackRun> {
  return stack.withSettings(WILDCARD, () =>
    stack.withSecret("homeport:dnsToken", DNS_TOKEN, (options) => stack.up(...options)),
  );
}

/** The names of the certificate that the visitor gets for a name at an address, sorted, each as `DNS:NAME`. */
export async function certificateNames(visitor: LabMachine, address: string, name: string): Promise<string[]> {
  const said = await visitor.run(`openssl s_client -connect ${address}:443 -servername ${name} </dev/null 2>/dev/null |
openssl x509 -noout -ext subjectAltName`);
  return (said.match(/DNS:\S+?(?=,|\s)/g) ?? []).sort();
}
