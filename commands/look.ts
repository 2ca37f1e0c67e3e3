import {
  BackupFact,
  CertificateFact,
  driftOf,
  Facts,
  preflight,
  readFacts,
  readObservation,
} from "../components/machine";
import { lookAtSite, siteLines, siteProblems } from "../components/site";
import { messageOf } from "../lib/errors";
import { serversOf, Ssh } from "./ssh";
import { DeployedStack, projectName } from "./stack";

/** For the site's answer, seconds: longer than a preview waits, because a person or a timer asked for nothing else. */
const ANSWER_SECONDS = 10;

/** What a look found. */
export interface Finding {
  /** The site's address, or the name of a machine. */
  readonly where: string;
  /** `drift`: `pulumi up` repairs it. `problem`: you do. `note`: worth knowing. `blind`: could not be looked at. */
  readonly kind: "drift" | "problem" | "note" | "blind";
  /** A sentence, with the remedy. */
  readonly text: string;
}

/** The site or a machine, as the look found it. */
export interface Section {
  readonly title: string;
  /** For a person. */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
}

/** A machine of a stack. */
export interface LookedMachine {
  readonly name: string;
  readonly address: string;
  readonly role: "edge" | "proxy" | "server";
  /** Of its images; undefined: not judged. */
  readonly platform: string | undefined;
  /** Whether TLS ends there. */
  readonly ingress: boolean;
  /** Whether the site's data is there. */
  readonly data: boolean;
}

/** Looks at the whole way from a visitor to the containers, as a preview does, and changes nothing. What cannot be looked at is a finding. */
export async function lookAtStack(stack: DeployedStack): Promise<readonly Section[]> {
  return Promise.all([
    siteSection(stack),
    ...machinesOf(stack).map((machine) =>
      machineSection(stack, machine).catch((error: unknown) => blind(machine, error)),
    ),
  ]);
}

/** The machines of a stack, servers first. */
export function machinesOf({ host }: Pick<DeployedStack, "host">): readonly LookedMachine[] {
  const { edge, ingress, server } = host;
  return [
    ...serversOf({ host }).map(({ name, address, platform }): LookedMachine => ({
      ...{ name, address, platform, role: "server" },
      ingress: ingress === "server" && name === server.name,
      data: name === server.name,
    })),
    {
      ...{ name: edge.name, address: edge.address, platform: undefined },
      role: ingress === "edge" ? "proxy" : "edge",
      ingress: ingress === "edge",
      data: false,
    },
  ];
}

async function siteSection({ url, host }: DeployedStack): Promise<Section> {
  const site = new URL(url);
  const at = {
    ...{ url: site, edge: host.edge.address, proxied: host.proxied === true, seconds: ANSWER_SECONDS },
    // A guest's machines name the site of their owner.
    names: host.names.includes(site.hostname) ? host.names : [site.hostname],
  };
  const look = await lookAtSite(at);
  return {
    title: url,
    lines: siteLines(look),
    findings: findings(url, { problem: siteProblems(at, look, new Date()) }),
  };
}

async function machineSection(stack: DeployedStack, machine: LookedMachine): Promise<Section> {
  const { name, address } = machine;
  const ssh = await Ssh.to(stack, name);
  return { title: `${name} (${address})`, ...judged(machine, await ssh.look(), ownerOf(stack), stack.app) };
}

/** What a machine's answer to the probe says; `owner`: the stack, `app`: its application there. */
export function judged(
  { name, role, platform, ingress, data }: LookedMachine,
  answer: string,
  owner: string,
  app: string,
): Omit<Section, "title"> {
  const seen = `reached\n${answer}`;
  const observation = readObservation(seen, owner);
  const facts = readFacts(seen, owner, Date.now() / 1000);
  const { errors, problems, tunnel, warnings } = preflight(facts, {
    ...{ role, ports: [] },
    ...(platform === undefined ? {} : { platform }),
  });
  const drift = driftOf({ found: observation.reached ? observation.found : [] }, facts);
  const backups = facts.backups.filter((one) => one.app === app);
  return {
    lines: [
      ...factLines(facts),
      ...(ingress ? certificateLines(facts.certificates, app) : []),
      ...backups.map(backupLine),
    ],
    findings: findings(name, {
      drift,
      problem: [...errors, ...problems, ...tunnel, ...backups.flatMap((one) => backupProblems(one, Date.now() / 1000))],
      note: [...warnings, ...(data && backups.length === 0 ? [noBackup(facts, app)] : [])],
    }),
  };
}

function factLines({ things, peers, free, memory }: Facts): string[] {
  return [
    ...things.map(({ kind, name, fault = "well" }) => `${kind} ${name}: ${fault}`),
    ...peers.map(
      ({ interface: tunnel, age }) =>
        `tunnel ${tunnel}: ${age === undefined ? "no handshake yet" : `last handshake ${age} s ago`}`,
    ),
    ...free.map(({ path, megabytes }) => `disk ${path}: ${megabytes} MB free`),
    ...(memory === undefined ? [] : [`memory: ${memory.available} of ${memory.total} MB available`]),
  ];
}

/** A backup runs every night: hours after which one is missing. */
const BACKUP_HOURS = 36;

function backupLine({ at, text }: BackupFact): string {
  return `backup of ${new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC: ${text}`;
}

function noBackup({ bundles }: Pick<Facts, "bundles">, app: string): string {
  return bundles.includes(`backup-${app}`)
    ? "there is no backup yet: 'npm run backup' makes the first"
    : "there are no backups of its data: backup.repository says where they go (docs/backups.md)";
}

/** What is wrong with a backup; `now`: seconds of the epoch. */
function backupProblems({ good, at, text }: BackupFact, now: number): string[] {
  const hours = Math.floor((now - at) / 3600);
  if (!good) return [`the last backup ${text}; try again: 'npm run backup'`];
  return hours > BACKUP_HOURS
    ? [`the last proven backup is ${hours} hours old: was the machine off at night? 'npm run backup' makes one now`]
    : [];
}

function certificateLines(all: readonly CertificateFact[], app: string): string[] {
  const own = all.filter((one) => one.app === app).map(({ status }) => `certificate ${status}`);
  return own.length === 0 ? ["certificates: not known yet"] : own;
}

function findings(where: string, texts: Partial<Record<Finding["kind"], readonly string[]>>): Finding[] {
  return Object.entries(texts).flatMap(([kind, all]) =>
    all.map((text) => ({ where, kind: kind as Finding["kind"], text })),
  );
}

function blind({ name, address }: LookedMachine, error: unknown): Section {
  return { title: `${name} (${address})`, lines: [], findings: findings(name, { blind: [messageOf(error)] }) };
}

// A guest's own bundles are on another stack's machines.
function ownerOf({ name }: DeployedStack): string {
  return `${projectName()}/${name.split("/").at(-1) ?? name}`;
}
