import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { UserError } from "../lib/errors";
import { RELEASE, RELEASES, Release } from "./images/debian";
import { Instance, instanceOf } from "./instance";
import { LabAddresses, labAddresses } from "./network/lab-addresses";
import { DEFAULT_NETWORKS, NetworkChoice, rememberedNetworks } from "./network/choice";
import { PI_PLATFORM, Platform, PLATFORMS } from "./platform";
import { TOPOLOGIES, topologyOf } from "./topologies/all";
import { LabTopology, withPiOn } from "./topologies/lab-topology";

/** What can be chosen about a lab, from the command line or the environment; the command line wins. */
export interface LabOptions {
  readonly instance?: string;
  readonly internet?: string;
  readonly home?: string;
  readonly release?: string;
  readonly topology?: string;
  readonly platform?: string;
}

/** Where the usual downloads come from. Each can be pointed elsewhere, at a mirror or at a test's own server. */
export interface Downloads {
  /** Pulumi's releases, HOMEPORT_LAB_PULUMI_URL. */
  readonly pulumi: string;
  /** Container images, HOMEPORT_LAB_REGISTRY. */
  readonly registry: string;
  /** `auto`, or by HOMEPORT_LAB_DOWNLOADS: `always` (do not try to build) or `never` (build without asking). */
  readonly mode: "auto" | "always" | "never";
}

/** Everything the lab's commands need to know before they start. */
export interface LabSettings {
  readonly instance: Instance;
  /** With the Raspberry Pi on the platform that was chosen. */
  readonly topology: LabTopology;
  /** The networks that you or an earlier run chose; the others are picked. */
  readonly chosen: Partial<NetworkChoice>;
  readonly addresses: LabAddresses;
  /** The Debian release of the machines that the program manages. */
  readonly release: Release;
  /** What is built once, for all labs of this user. */
  readonly cache: string;
  readonly downloads: Downloads;
}

/** Reads the settings from options, environment, and what an earlier run has remembered. */
export function labSettings(checkout: string, options: LabOptions, env: NodeJS.ProcessEnv): LabSettings {
  const platform = platformOf(options.platform ?? nonEmpty(env["HOMEPORT_LAB_PLATFORM"]) ?? PI_PLATFORM);
  const topology = withPiOn(
    topologyOf(options.topology ?? nonEmpty(env["HOMEPORT_LAB_TOPOLOGY"]) ?? TOPOLOGIES[0].name),
    platform,
  );
  const instance = instanceOf(checkout, topology, options.instance ?? nonEmpty(env["HOMEPORT_LAB_INSTANCE"]));
  const remembered = rememberedNetworks(instance);
  const chosen = {
    internet: options.internet ?? nonEmpty(env["HOMEPORT_LAB_INTERNET"]) ?? remembered.internet,
    home: options.home ?? nonEmpty(env["HOMEPORT_LAB_HOME"]) ?? remembered.home,
  };
  return {
    instance,
    topology,
    chosen,
    addresses: labAddresses(chosen.internet ?? DEFAULT_NETWORKS.internet, chosen.home ?? DEFAULT_NETWORKS.home),
    release: releaseOf(options.release ?? nonEmpty(env["HOMEPORT_LAB_RELEASE"]) ?? RELEASE),
    cache: cacheDirectory(env),
    downloads: {
      pulumi: nonEmpty(env["HOMEPORT_LAB_PULUMI_URL"]) ?? "https://get.pulumi.com/releases",
      registry: nonEmpty(env["HOMEPORT_LAB_REGISTRY"]) ?? "https://registry-1.docker.io",
      mode: downloadMode(nonEmpty(env["HOMEPORT_LAB_DOWNLOADS"])),
    },
  };
}

/** `$HOMEPORT_LAB_CACHE`, else `homeport-lab` in the user's cache directory. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const chosen = nonEmpty(env["HOMEPORT_LAB_CACHE"]);
  return chosen === undefined
    ? join(nonEmpty(env["XDG_CACHE_HOME"]) ?? join(homedir(), ".cache"), "homeport-lab")
    : resolve(chosen);
}

function releaseOf(value: string): Release {
  const release = RELEASES.find((one) => one === value);
  if (release === undefined) {
    throw new UserError(
      `the release "${value}" is not known: expected ${RELEASES.join(" or ")} (--release or HOMEPORT_LAB_RELEASE)`,
    );
  }
  return release;
}

function platformOf(value: string): Platform {
  const known = Object.keys(PLATFORMS) as Platform[];
  const platform = known.find((one) => one === value);
  if (platform === undefined) {
    throw new UserError(
      `the platform "${value}" is not known: expected one of ${known.join(", ")} (--platform or HOMEPORT_LAB_PLATFORM)`,
    );
  }
  return platform;
}

function downloadMode(value: string | undefined): Downloads["mode"] {
  if (value === undefined || value === "auto" || value === "always" || value === "never") {
    return value ?? "auto";
  }
  throw new UserError(`HOMEPORT_LAB_DOWNLOADS is "${value}": expected auto, always or never`);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
