import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { stringify } from "yaml";

import { CAA_ISSUER, STACK, ZONE_ID } from "../domain";
import { hostKey, operatorKey } from "../hosts/keys";
import { PI_USER } from "../hosts/hosts";
import { Instance } from "../instance";
import { AddressPlan } from "../network/address-plan";
import { PI_PLATFORM } from "../platform";
import { acmeCaFile } from "./authorities";

/** The images the stack uses from the workstation's engine instead of Docker Hub's. */
export interface StackImages {
  readonly python?: string;
  readonly traefik?: string;
}

/** Writes `Pulumi.dev.local.yaml`: what is different in each lab, beside the committed Pulumi.dev.yaml. Gives its path. */
export async function writeLocalConfig(instance: Instance, plan: AddressPlan, images: StackImages): Promise<string> {
  const operator = await operatorKey(instance);
  const login = async (host: string): Promise<object> => ({
    hostKey: (await hostKey(instance, host)).publicKey,
    privateKeyFile: operator.path,
  });
  const config = {
    "homeport:edge": { address: plan.vps, user: "root", ...(await login("vps")) },
    "homeport:servers": [
      { name: "pi", address: plan.pi, user: PI_USER, ...(await login("pi")), platform: PI_PLATFORM },
    ],
    "homeport:tls": {
      directory: acmeDirectory(plan),
      email: "operator@weblog.test",
      caFile: acmeCaFile(instance),
      // Pebble looks at no CAA record; whoever reads the zone sees ours.
      caaIssuer: CAA_ISSUER,
      // Pebble picks one at random for who names none.
      profile: "default",
    },
    "homeport:dns": { provider: "cloudflare", zoneId: ZONE_ID, apiUrl: `http://${plan.dns}:8787/client/v4` },
    ...(Object.keys(images).length === 0 ? {} : { "homeport:images": images }),
  };
  const path = join(instance.checkout, `Pulumi.${STACK}.local.yaml`);
  const text = `# Written by \`npm run lab\` for the lab ${instance.name}, outside git; edits are overwritten.\n${stringify({ config }, { lineWidth: 0 })}`;
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}

/** The address of the lab's certificate authority, as an ACME client is told it. */
export function acmeDirectory(plan: Pick<AddressPlan, "acme">): string {
  return `https://${plan.acme}:14000/dir`;
}
