import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

type ContainerLabel = docker.types.input.ContainerLabel;

/**
 * How containers come back. With `unless-stopped`, what ran when dockerd was killed stays down: it comes back as exited, and Docker takes that for a stop by
 * hand (tried with Debian 12's Docker 20.10).
 */
export const RESTART = "always";

/** Time for Traefik's open requests, seconds. Unset, the provider kills a container at once, and the value in the old state counts. */
export const GRACE_SECONDS = 30;

/**
 * What all our containers have in common: no privileges, a read-only disk, bounded memory, processes and logs.
 *
 * The provider has no limit of processes for a container (`pidsLimit`), and a parent cgroup has different names with cgroupfs and systemd. The kernel's
 * limit for a user works with both versions of cgroups: `processes` counts processes and threads of all containers of this user together, also the
 * old ones during a deploy, and those of another stack on the host.
 */
export function hardened(user: pulumi.Input<string>, memoryMb: number, processes: number) {
  return {
    user,
    readOnly: true,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
    memory: memoryMb,
    // Unset, Docker fills one in, which is a change at the next `up`.
    memorySwap: memoryMb,
    ulimits: [{ name: "nproc", soft: processes, hard: processes }],
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
  };
}

/**
 * What the probe compares with a container that exists: Docker changes its memory, its restarts and its networks while it runs, and other programs make it
 * again from another image with the same labels.
 */
export function settingsLabel(
  image: pulumi.Input<string>,
  memoryMb: number,
  networks: readonly pulumi.Input<string>[],
): ContainerLabel {
  const value = pulumi
    .all([image, pulumi.all([...networks])])
    .apply(([reference, names]) => `${memoryMb} ${RESTART} ${[...names].sort().join(",")} ${reference}`);
  return { label: "homeport.settings", value };
}

/** The labels with the reason for which the thing was made again the last time, if any: another reason replaces it. */
export function withRepair(
  labels: readonly ContainerLabel[],
  repair: pulumi.Output<string>,
): pulumi.Output<pulumi.Unwrap<ContainerLabel>[]> {
  return pulumi
    .all([pulumi.all([...labels]), repair])
    .apply(([all, text]) => [...all, ...(text === "" ? [] : [{ label: "homeport.repair", value: text }])]);
}

/** Marks what a stack has made on an engine, so that it can be distinguished from what others made, and found where no state knows it. */
export function ownerLabel(owner: string): { readonly label: string; readonly value: string } {
  return { label: "homeport.owner", value: owner };
}
