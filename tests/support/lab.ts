import { join } from "node:path";

import Docker from "dockerode";
import execa from "execa";

import { findEngine } from "../../lab/engine/engine";
import { HOST_NAMES, HostName } from "../../lab/hosts/name";
import { containerName } from "../../lab/hosts/start";
import { LabAddresses } from "../../lab/network/lab-addresses";
import { LabSettings, labSettings } from "../../lab/settings";
import { stackOutputs } from "../../lab/stack/deploy";
import { LabMachine } from "./lab-machine";
import { LabStack } from "./lab-stack";

/** The checkout that these tests belong to. */
export const CHECKOUT = join(__dirname, "..", "..");

/** The outputs of the stack that the tests read. */
export interface StackOutputs {
  /** Its name on the machines, such as homeport-dev. */
  readonly app: string;
  readonly url: string;
  readonly admin: { readonly url: string; readonly user: string };
  readonly adminPassword: string;
  readonly dnsRecords: readonly { readonly type: string; readonly name: string; readonly content: string }[];
}

/** The running lab of this checkout: its machines, and the stack that was deployed to them. */
export interface Lab {
  readonly settings: LabSettings;
  readonly addresses: LabAddresses;
  readonly docker: Docker;
  readonly machines: Readonly<Record<HostName, LabMachine>>;
  readonly stack: LabStack;
}

/** Builds or updates this checkout's lab with `npm run lab`. Its output goes to stderr, to show the progress. */
export async function provideLab(): Promise<void> {
  const run = execa("npm", ["run", "--silent", "lab"], { cwd: CHECKOUT, all: true, reject: false });
  run.all?.pipe(process.stderr, { end: false });
  const { exitCode } = await run;
  if (exitCode !== 0) throw new Error(`npm run lab exited with ${exitCode}: see its output above`);
}

let lab: Promise<Lab> | undefined;

/** The lab; it has to be up. */
export function theLab(): Promise<Lab> {
  lab ??= findLab();
  return lab;
}

async function findLab(): Promise<Lab> {
  const settings = labSettings(CHECKOUT, {}, process.env);
  const engine = await findEngine(settings.cache);
  if (engine === undefined) throw new Error("no Docker engine answers: npm run lab");
  const { instance, addresses } = settings;
  const machine = (host: HostName): LabMachine =>
    new LabMachine(engine.docker, host, containerName(instance, host), addresses[host]);
  return {
    settings,
    addresses,
    docker: engine.docker,
    machines: Object.fromEntries(HOST_NAMES.map((host) => [host, machine(host)])) as Record<HostName, LabMachine>,
    stack: new LabStack(instance, await instanceEnvironment(instance.directory), settings.topology.stack),
  };
}

/** The environment after `. .lab/INSTANCE/env`. */
async function instanceEnvironment(directory: string): Promise<Record<string, string>> {
  const { stdout } = await execa("sh", ["-c", '. "$1/env" && exec env -0', "sh", directory]);
  return Object.fromEntries(
    stdout
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** The outputs of the stack now. */
export async function outputs({ settings, stack }: Lab): Promise<StackOutputs> {
  const instance = { ...settings.instance, stack: stack.name };
  return stack.known("outputs", async () => (await stackOutputs(instance, stack.env)) as StackOutputs);
}
