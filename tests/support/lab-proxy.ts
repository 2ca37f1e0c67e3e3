import { LabMachine } from "./lab-machine";

/** Directory of the certificates on the server. */
export const STORAGE = "/var/lib/homeport-traefik";

/** The certificate that anybody gets for a name at an address: its subject, issuer, serial number and key, as openssl writes them. */
export async function servedCertificate(visitor: LabMachine, address: string, name: string): Promise<string> {
  return visitor.run(`openssl s_client -connect ${address}:443 -servername ${name} </dev/null 2>/dev/null |
    openssl x509 -noout -subject -issuer -serial -text | grep -E '^(subject|issuer|serial)=|NIST CURVE'`);
}

/** The lines in which the server says how the site's certificates are, by name. */
export async function certificateStatus(pi: LabMachine, app: string): Promise<Record<string, string>> {
  const lines = await pi.lines(`cat /run/homeport/certificate-${app}.status`);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const),
  );
}

/** Forgets the certificates of other authorities and profiles than the present: an account in there is unknown to an authority that was started since. */
export async function forgetOtherStorages(server: LabMachine): Promise<void> {
  await server.run(`now=$(sed -n 's|.*storage: /acme/||p' /etc/homeport/traefik/traefik.yaml)
find ${STORAGE} -type f ! -name "$now" -delete`);
}

/** How many certificates were ordered at the authority so far. */
export async function orders(acme: LabMachine): Promise<number> {
  return Number(await acme.run("journalctl -u homeport-lab-pebble.service -o cat | grep -c 'Added order' || true"));
}

/** The proxy's container. */
export async function proxyContainer(pi: LabMachine): Promise<string> {
  return (await pi.run("docker ps -q --filter label=homeport.config")).trim();
}
