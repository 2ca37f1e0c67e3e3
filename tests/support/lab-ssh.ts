import { join } from "node:path";

import execa from "execa";

import { STACK } from "../../lab/domain";
import { operatorKey } from "../../lab/hosts/keys";
import { CHECKOUT, Lab } from "./lab";
import { Ended } from "./lab-machine";

/** Seconds until a host counts as one that does not let us in. */
const CONNECT_SECONDS = 10;

/** Runs a command on a host as its operator does: by ssh, with the key that the stack has pinned. */
export async function ssh({ settings }: Lab, login: string, command: string, input: string): Promise<Ended> {
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile="${join(CHECKOUT, ".homeport", STACK, "known_hosts")}"`,
    `ConnectTimeout=${CONNECT_SECONDS}`,
  ].flatMap((option) => ["-o", option]);
  const key = (await operatorKey(settings.instance)).path;
  const { exitCode, stdout, stderr } = await execa("ssh", ["-F", "/dev/null", ...options, "-i", key, login, command], {
    input,
    reject: false,
  });
  return { code: exitCode, stdout, stderr };
}
