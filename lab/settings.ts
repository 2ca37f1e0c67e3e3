import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { LabError } from "./errors";
import { Instance, instanceOf } from "./instance";
import { AddressPlan, addressPlan } from "./network/address-plan";

/** What can be chosen about a lab, from the command line or the environment; the command line wins. */
export interface LabOptions {
  readonly instance?: string;
  readonly internet?: string;
  readonly home?: string;
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
  readonly addresses: AddressPlan;
  /** What is built once, for all labs of this user. */
  readonly cache: string;
  readonly downloads: Downloads;
}

/** The two networks of a lab unless others are chosen: a documentation network (RFC 5737) for the internet, and a common one for a home. */
const INTERNET = "198.51.100.0/24";
const HOME = "192.168.77.0/24";

/** Reads the settings from options and environment. */
export function labSettings(checkout: string, options: LabOptions, env: NodeJS.ProcessEnv): LabSettings {
  return {
    instance: instanceOf(checkout, options.instance ?? nonEmpty(env["HOMEPORT_LAB_INSTANCE"])),
    addresses: addressPlan(
      options.internet ?? nonEmpty(env["HOMEPORT_LAB_INTERNET"]) ?? INTERNET,
      options.home ?? nonEmpty(env["HOMEPORT_LAB_HOME"]) ?? HOME,
    ),
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

function downloadMode(value: string | undefined): Downloads["mode"] {
  if (value === undefined || value === "auto" || value === "always" || value === "never") {
    return value ?? "auto";
  }
  throw new LabError(`HOMEPORT_LAB_DOWNLOADS is "${value}": expected auto, always or never`);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
