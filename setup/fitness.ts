import { UserError } from "../lib/errors";
import { MachineLook } from "./machine-look";
import { MachineAnswers } from "./stack-file";

/** Least memory of a server, megabytes: the system, Docker, Traefik and a small site. */
const MEMORY_MB = 400;

/** Least free room on a server's disk, megabytes: Docker, its images and the site's. */
const DISK_MB = 3000;

interface Candidate {
  readonly name: string;
  readonly login: MachineAnswers;
  readonly look: MachineLook;
  /** Whether the site runs on it. */
  readonly serves: boolean;
}

/** Refuses machines that cannot be deployed to, all faults at once; returns the server's platform. */
export function refuseUnfit(all: readonly Candidate[]): string {
  const faults = all.flatMap(({ name, login, look, serves }) => [
    ...(look.sudo
      ? []
      : [
          `${name}: ${login.user} has no passwordless sudo. Run as root on the machine: echo '${login.user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010-homeport`,
        ]),
    ...(!serves || look.platform !== undefined
      ? []
      : [
          `${name}: no image is built for its processor (${look.processor}): take a machine with armhf, arm64 or amd64`,
        ]),
    ...(!serves || look.memoryMb >= MEMORY_MB
      ? []
      : [
          `${name}: ${look.memoryMb} MB of memory are too few for Docker, Traefik and a site: expected ${MEMORY_MB} MB or more`,
        ]),
    ...(!serves || look.freeMb >= DISK_MB
      ? []
      : [`${name}: ${look.freeMb} MB are free on its disk: expected ${DISK_MB} MB for Docker and the images`]),
  ]);
  const platform = all.find(({ serves }) => serves)?.look.platform;
  if (faults.length > 0 || platform === undefined)
    throw new UserError(`${faults.join("\n")}\nNothing was changed; put this right, and run 'npm run init' again`);
  return platform;
}
