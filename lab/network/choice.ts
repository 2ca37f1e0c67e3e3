import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Instance } from "../instance";
import { overlaps, parseCidr } from "../../lib/cidr";
import type { Taken } from "./overlap";

/** The two networks of a lab. */
export interface NetworkChoice {
  readonly internet: string;
  readonly home: string;
}

/**
 * Networks for the internet of a lab, in the order of preference: one for documentation (RFC 5737), then those for benchmarks (RFC 2544). No
 * machine on the real internet has them, and the program takes them for public, as it must for the visitor's address to come through.
 */
const INTERNETS = ["198.51.100.0/24", ...numbered(1, 60, (number) => `198.18.${number}.0/24`)];

/** Networks for the home: private (RFC 1918), and none that home routers come with. */
const HOMES = numbered(77, 99, (number) => `192.168.${number}.0/24`);

/** The networks a lab gets when nobody has chosen any and nothing is taken. */
export const DEFAULT_NETWORKS: NetworkChoice = { internet: INTERNETS[0] ?? "", home: HOMES[0] ?? "" };

/**
 * The networks for a new lab: what was chosen, and for the rest the first that nobody on this machine has. So labs of several checkouts stand
 * side by side without a setting. Where none is free, the default is given, and refused later with its owner's name.
 */
export function chooseNetworks(chosen: Partial<NetworkChoice>, taken: readonly Taken[]): NetworkChoice {
  const free = (candidates: readonly string[]): string | undefined =>
    candidates.find((candidate) => !taken.some((other) => overlaps(parseCidr(candidate), parseCidr(other.cidr))));
  return {
    internet: chosen.internet ?? free(INTERNETS) ?? DEFAULT_NETWORKS.internet,
    home: chosen.home ?? free(HOMES) ?? DEFAULT_NETWORKS.home,
  };
}

/** The networks an instance has been given before; nothing if it is new. */
export function rememberedNetworks(instance: Pick<Instance, "directory">): Partial<NetworkChoice> {
  try {
    return JSON.parse(readFileSync(fileOf(instance), "utf8")) as NetworkChoice;
  } catch {
    return {};
  }
}

/** Keeps an instance's networks for the other commands. */
export async function rememberNetworks(instance: Pick<Instance, "directory">, networks: NetworkChoice): Promise<void> {
  await mkdir(instance.directory, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(instance), `${JSON.stringify(networks)}\n`);
}

function fileOf(instance: Pick<Instance, "directory">): string {
  return join(instance.directory, "networks.json");
}

function numbered(first: number, last: number, name: (number: number) => string): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => name(first + at));
}
