import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import Docker from "dockerode";

import { script } from "../engine/containers";
import { containerName } from "../hosts/start";
import { quote } from "../../lib/quote";
import { Instance } from "../instance";
import { LabAddresses } from "../network/lab-addresses";
import { serviceCaFile } from "../services/authority";

/** The certificate of the authority behind the ACME server's own address. */
export function acmeCaFile(instance: Instance): string {
  return join(instance.directory, "acme-ca.pem");
}

/** The certificates of the authority that signs the site's certificate: what a browser has to trust. */
export function siteCaFile(instance: Instance): string {
  return join(instance.directory, "site-ca.pem");
}

/**
 * Fetches the lab's two authorities into the instance's directory, and has the visitor trust the site's and that of the services. Pebble makes a new root at each of its
 * starts; the old ones stay in the file, because a certificate from before is still served.
 */
export async function fetchAuthorities(docker: Docker, instance: Instance, addresses: LabAddresses): Promise<void> {
  const acme = containerName(instance, "acme");
  await writeFile(acmeCaFile(instance), await script(docker, acme, "reading its authority", "cat /etc/pebble/ca.pem"));
  const url = `https://${addresses.acme}:15000/roots/0`;
  const get = `curl -sSf --retry 20 --retry-connrefused --retry-delay 1 --cacert /etc/pebble/ca.pem ${quote(url)}`;
  const root = (await script(docker, acme, "reading Pebble's root", get)).trim();
  const known = await readFile(siteCaFile(instance), "utf8").catch(() => "");
  if (!known.includes(root)) {
    await writeFile(siteCaFile(instance), `${known}${root}\n`);
  }
  const services = await readFile(serviceCaFile(instance), "utf8").catch(() => "");
  await trust(docker, containerName(instance, "visitor"), services + (await readFile(siteCaFile(instance), "utf8")));
}

/** Adds authorities to those a host trusts, one file each, as update-ca-certificates wants them. */
async function trust(docker: Docker, container: string, bundle: string): Promise<void> {
  const certificates = bundle.split(/(?<=-----END CERTIFICATE-----\n)/).filter((text) => text.trim() !== "");
  const writes = certificates.map(
    (text, at) => `printf '%s' ${quote(text)} > /usr/local/share/ca-certificates/homeport-lab-${at}.crt`,
  );
  await script(
    docker,
    container,
    "trusting the lab's authority",
    [...writes, "update-ca-certificates >/dev/null 2>&1"].join("\n"),
  );
}
