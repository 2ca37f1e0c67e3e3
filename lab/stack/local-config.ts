import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { stringify } from "yaml";

import { CAA_ISSUER, ZONE_ID } from "../domain";
import { LOGINS } from "../hosts/hosts";
import { hostKey, operatorKey } from "../hosts/keys";
import { PythonImages } from "../images/python";
import { Instance } from "../instance";
import { LabAddresses } from "../network/lab-addresses";
import { serviceCaFile } from "../services/authority";
import { LabTopology } from "../topologies/lab-topology";
import { acmeCaFile } from "./authorities";

/** The images the stack uses from the workstation's engine instead of Docker Hub's. */
export interface StackImages {
  readonly python?: PythonImages;
  readonly traefik?: string;
  readonly postgres?: string;
  readonly redis?: string;
}

/** Writes `Pulumi.STACK.local.yaml`: what is different in each lab, beside the committed Pulumi.STACK.yaml. Gives its path. */
export async function writeLocalConfig(
  instance: Instance,
  topology: LabTopology,
  addresses: LabAddresses,
  images: StackImages,
): Promise<string> {
  const operator = await operatorKey(instance);
  const login = async (host: string): Promise<object> => ({
    hostKey: (await hostKey(instance, host)).publicKey,
    privateKeyFile: operator.path,
  });
  const servers = topology.servers.map(async ({ name, platform, place }) => ({
    name,
    address: addresses[name],
    user: LOGINS[name],
    ...(await login(name)),
    platform,
    ...(place === undefined ? {} : { place }),
  }));
  const more = Object.entries(topology.settings(serviceCaFile(instance)));
  const config = {
    "homeport:edge": { address: addresses.vps, user: "root", ...(await login("vps")) },
    "homeport:servers": await Promise.all(servers),
    "homeport:tls": {
      directory: acmeDirectory(addresses),
      email: "operator@weblog.test",
      caFile: acmeCaFile(instance),
      // Pebble checks no CAA record; ours is there to be seen in the zone.
      caaIssuer: CAA_ISSUER,
      // Without a name Pebble picks one at random.
      profile: "default",
    },
    "homeport:dns": { provider: "cloudflare", zoneId: ZONE_ID, apiUrl: `http://${addresses.dns}:8787/client/v4` },
    ...Object.fromEntries(more.map(([name, value]) => [`homeport:${name}`, value])),
    ...(Object.keys(images).length === 0 ? {} : { "homeport:images": images }),
  };
  const path = join(instance.checkout, `Pulumi.${instance.stack}.local.yaml`);
  const text = `# Written by \`npm run lab\` for the lab ${instance.name}, outside git; edits are overwritten.\n${stringify({ config }, { lineWidth: 0 })}`;
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}

/** The ACME directory of the lab's certificate authority. */
export function acmeDirectory(addresses: Pick<LabAddresses, "acme">): string {
  return `https://${addresses.acme}:14000/dir`;
}
