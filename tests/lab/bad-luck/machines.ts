import { PI_USER } from "../../../lab/hosts/hosts";
import { BadLuck } from "../../support/bad-luck";
import { Lab } from "../../support/lab";
import { LabMachine } from "../../support/lab-machine";
import { PROGRAMS, whileListening, whileReplaced } from "../../support/lab-replaced-file";

/** A port of the VPS on which nobody listens. */
const SILENT_PORT = 2;

/** A port of the VPS that the tunnel does not use yet. */
const OTHER_TUNNEL_PORT = 51999;

/** Seconds by which the fake clock is off: more than a certificate or a package index tolerates. */
const WRONG_BY = 7200;

/** Machines that do not match the settings or are unfit. Each is reported before anything changes. */
export const BAD_MACHINES: readonly BadLuck[] = [
  {
    name: "another host key",
    settings: async (lab) => ({ "homeport:edge": { hostKey: (await piSettings(lab)).hostKey } }),
    says: ({ machines }) => [`vps (${machines.vps.address}): its host key is not the one in the settings`],
  },
  {
    name: "an unreachable host",
    settings: () => ({ "homeport:edge": { port: SILENT_PORT } }),
    says: ({ machines }) => [`vps (${machines.vps.address}) is unreachable`],
  },
  {
    name: "a refused login",
    settings: () => ({ "homeport:edge": { user: "stranger" } }),
    says: ({ machines }) => [`vps (${machines.vps.address}): the login stranger was refused`],
  },
  {
    name: "no sudo right",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(pi, `/etc/sudoers.d/${PI_USER}`, `${PI_USER} ALL=(ALL) ALL`, action),
    says: ({ machines }) => [`pi (${machines.pi.address}): ${PI_USER} has no passwordless sudo`],
  },
  {
    name: "an expired password",
    broken: ({ machines: { vps } }, action) =>
      whileChanged(vps, "chage -d 0 root", "chage -d $(date +%F) root", action),
    says: ({ machines }) => [`vps (${machines.vps.address}): the password of root has expired`],
  },
  {
    name: "a closed login shell",
    broken: ({ machines: { pi } }, action) =>
      whileChanged(pi, `usermod -s /usr/sbin/nologin ${PI_USER}`, `usermod -s /bin/bash ${PI_USER}`, action),
    says: ({ machines }) => [`pi (${machines.pi.address}): the login ${PI_USER} was refused`, "chsh -s /bin/bash"],
  },
  {
    name: "a login shell that prints",
    broken: ({ machines: { pi } }, action) => whileReplaced(pi, `/home/${PI_USER}/.bashrc`, "echo hello", action),
    says: ({ machines }) => [`pi (${machines.pi.address})`, "breaks the connection to Docker ('hello')"],
  },
  {
    name: "a Docker without its rules",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(pi, "/etc/docker/daemon.json", '{ "iptables": false }', action),
    says: ({ machines }) => [`pi (${machines.pi.address})`, 'remove "iptables" in /etc/docker/daemon.json'],
  },
  {
    name: "an unsupported distribution",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(pi, "/etc/os-release", 'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"', action),
    says: ({ machines }) => [`pi (${machines.pi.address})`, /runs Alpine Linux.*, which is not supported/],
  },
  {
    name: "a processor that does not run the image",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(
        pi,
        `${PROGRAMS}/dpkg`,
        '#!/bin/sh\n[ "$1" != --print-architecture ] || exec echo armhf\nexec /usr/bin/dpkg "$@"',
        action,
      ),
    settings: () => ({ "homeport:servers": [{ platform: "linux/arm64" }] }),
    says: ({ machines }) => [
      `pi (${machines.pi.address})`,
      "with a system for armhf) does not run linux/arm64 in containers: set the server's 'platform' to linux/arm/v7",
    ],
  },
  {
    name: "a disk that is nearly full",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(
        pi,
        `${PROGRAMS}/df`,
        '#!/bin/sh\necho "Filesystem 1048576-blocks Used Available Capacity Mounted on"\necho "/dev/root 30000 29988 12 100% /"',
        action,
      ),
    says: ({ machines }) => [
      `pi (${machines.pi.address})`,
      "it has only 12 MB free at /var/lib/docker",
      "free some space",
    ],
  },
  {
    name: "a port that is taken",
    broken: ({ machines: { vps } }, action) => whileListening(vps, OTHER_TUNNEL_PORT, action),
    settings: () => ({ "homeport:tunnel": { port: OTHER_TUNNEL_PORT } }),
    says: ({ machines }) => [`vps (${machines.vps.address})`, `port ${OTHER_TUNNEL_PORT} is taken by perl`],
  },
  {
    name: "a wrong clock",
    broken: ({ machines: { pi } }, action) =>
      whileReplaced(
        pi,
        `${PROGRAMS}/date`,
        `#!/bin/sh\nexec /usr/bin/date --date "@$(($(/usr/bin/date +%s) + ${WRONG_BY}))" "$@"`,
        action,
      ),
    says: ({ machines }) => [`pi (${machines.pi.address})`, /its clock is 7\d{3} s off/],
  },
];

/** Does something while a machine is changed. */
async function whileChanged<T>(host: LabMachine, change: string, back: string, action: () => Promise<T>): Promise<T> {
  await host.run(change);
  try {
    return await action();
  } finally {
    await host.run(back);
  }
}

/** The one server as the lab's settings have it. */
async function piSettings({ stack }: Lab): Promise<Readonly<Record<string, unknown>>> {
  const [pi] = (await stack.setting("homeport:servers")) as readonly Record<string, unknown>[];
  if (pi === undefined) throw new Error("the lab's settings name no server");
  return pi;
}
