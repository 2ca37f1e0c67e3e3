import { z } from "zod";

import type { Facts } from "./facts";

/** What a setting of Docker breaks, and what it has to be. */
interface Breaking {
  readonly name: string;
  readonly isBad: (value: unknown) => boolean;
  readonly because: string;
}

const isFalse = (value: unknown): boolean => value === false || value === "false";

/** Options that Homeport's containers have themselves; the daemon adds all others to each container, which is then a change at every `up`. */
const OWN_LOG_OPTIONS = ["max-size", "max-file"];

/** Settings of dockerd with which a site cannot work (dockerd's reference, "Daemon configuration file"). All others may be as they are. */
const BREAKING: readonly Breaking[] = [
  { name: "iptables", isBad: isFalse, because: "the application would take every visitor for the machine itself" },
  { name: "ip-forward", isBad: isFalse, because: "nothing would reach the containers" },
  { name: "ip-masq", isBad: isFalse, because: "the containers would reach nothing outside" },
  {
    name: "userns-remap",
    isBad: (value) => value !== "",
    because: "the containers could not read their secrets, which belong to users of the machine",
  },
  {
    name: "hosts",
    isBad: (value) => Array.isArray(value) && !value.some((one) => /^(unix|fd):/.test(String(one))),
    because: "Docker's client on the machine finds it at its socket only",
  },
];

const object = z.record(z.string(), z.unknown());

/** What keeps the machine's Docker, as it is set up, from carrying a site; a sentence each. */
export function dockerFaults(facts: DockerFacts): string[] {
  const { packages, dockerContexts, greeting } = facts;
  return [
    ...packages.flatMap((name) => CONFLICTS[name] ?? []),
    ...settingFaults(facts),
    ...dockerContexts.map(
      ({ user, name }) =>
        `the Docker client of ${user} speaks to another engine, the context ${name}: run 'docker context use default' there as ${user}`,
    ),
    ...(greeting === ""
      ? []
      : [
          `its login shell prints a line before every command, which breaks the connection to Docker ('${greeting.slice(0, 60)}'): let ~/.bashrc and the like ` +
            "print only where a person is, behind 'case $- in *i*) ;; *) return ;; esac'",
        ]),
  ];
}

/** What of a machine's facts is about its Docker. */
type DockerFacts = Pick<Facts, "packages" | "dockerSettings" | "dockerArguments" | "dockerContexts" | "greeting">;

/** Packages that stand in the way of the distribution's docker.io. */
const CONFLICTS: Readonly<Record<string, string>> = {
  "docker-ce":
    "its Docker is docker.com's package docker-ce, which the distribution's docker.io would replace: " +
    "back up its containers' data, then 'apt-get remove docker-ce docker-ce-cli containerd.io'",
  "podman-docker":
    "its 'docker' is Podman's (package podman-docker), which the distribution's docker.io would replace: 'apt-get remove podman-docker'",
  "snap/docker":
    "its Docker is a snap, which sees little of the machine's files: back up its containers' data, then 'snap remove docker'",
  kubernetes:
    "Kubernetes runs there (k3s or the like) and takes ports 80 and 443 by rules of its own, which no list of ports shows: use another machine, or remove it ('k3s-uninstall.sh')",
};

function settingFaults({ dockerSettings: text = "", dockerArguments }: DockerFacts): string[] {
  const settings = parsed(text);
  if (settings === undefined)
    return ["its /etc/docker/daemon.json is no JSON, so Docker will not start again: correct it (dockerd --validate)"];
  const faults = BREAKING.flatMap(({ name, isBad, because }) => {
    const argument = new RegExp(`--${name}(?:=(\\S+))?(?:\\s|$)`).exec(dockerArguments);
    const values = [
      ...(name in settings ? [{ value: settings[name], at: `"${name}" in /etc/docker/daemon.json` }] : []),
      // fd:// among the arguments is the distribution's own.
      ...(argument === null || name === "hosts" ? [] : [{ value: argument[1] ?? true, at: `--${name} of dockerd` }]),
    ];
    return values
      .filter(({ value }) => isBad(value))
      .map(({ at }) => `its Docker is set up so that ${because}: remove ${at}, then 'systemctl restart docker'`);
  });
  return [...faults, ...logFaults(settings)];
}

function logFaults(settings: Readonly<Record<string, unknown>>): string[] {
  if ((settings["log-driver"] ?? "json-file") !== "json-file") return [];
  const options = object.safeParse(settings["log-opts"] ?? {});
  const others = Object.keys(options.data ?? {}).filter((name) => !OWN_LOG_OPTIONS.includes(name));
  if (others.length === 0) return [];
  return [
    `its Docker adds log options to every container (${others.join(", ")}), so that each 'pulumi up' would replace them all: ` +
      `remove ${others.length === 1 ? "it" : "them"} from "log-opts" in /etc/docker/daemon.json, then 'systemctl restart docker'`,
  ];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === "") return {};
  try {
    return object.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
