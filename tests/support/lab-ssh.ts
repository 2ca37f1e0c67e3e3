import execa from "execa";

import { hostKey, operatorKey } from "../../lab/hosts/keys";
import { HOST_NAMES } from "../../lab/hosts/name";
import { Lab } from "./lab";
import { Ended } from "./lab-machine";

/** Seconds until a host counts as one that does not let us in. */
const CONNECT_SECONDS = 10;

/** Runs a command on a host as its operator does: by ssh, with the key that the stack has pinned. */
export async function ssh({ settings, addresses }: Lab, login: string, command: string, input: string): Promise<Ended> {
  const host = HOST_NAMES.find((name) => login.endsWith(`@${addresses[name]}`));
  if (host === undefined) throw new Error(`${login}: no host of the lab`);
  const { publicKey } = await hostKey(settings.instance, host);
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=none",
    `KnownHostsCommand=/usr/bin/env echo %H ${publicKey}`,
    `ConnectTimeout=${CONNECT_SECONDS}`,
  ].flatMap((option) => ["-o", option]);
  const key = (await operatorKey(settings.instance)).path;
  const { exitCode, stdout, stderr } = await execa("ssh", ["-F", "/dev/null", ...options, "-i", key, login, command], {
    input,
    reject: false,
  });
  return { code: exitCode, stdout, stderr };
}
