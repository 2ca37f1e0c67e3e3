import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { API_TOKEN, zoneApi } from "../components/dns";
import { HostAddress, hostName } from "../settings";
import { pulumi } from "../state";
import { messageOf, UserError } from "../lib/errors";
import { expandHome, shortenHome } from "../lib/user-file";
import {
  Answers,
  answersIn,
  Asker,
  Flags,
  HostKey,
  hostKeysOf,
  lookAt,
  MachineAnswers,
  MachineLook,
  natOf,
  parseHostKey,
  raspberryPis,
  withAnswers,
  zonesOf,
} from "../setup";
import { projectName, pulumiByHand } from "./stack";

/** Least memory of a server, megabytes: the system, Docker, Traefik and a small site. */
const MEMORY_MB = 400;

/** Least free room on a server's disk, megabytes: Docker, its images and the site's. */
const DISK_MB = 3000;

export interface InitOptions {
  readonly stack: string;
  /** Takes every answer of before and every default, and asks nothing. */
  readonly yes: boolean;
  /** Takes the host keys that the machines show now for theirs. */
  readonly trustHostKeys: boolean;
  /** Ends with `pulumi preview`. */
  readonly preview: boolean;
  readonly flags: Flags;
}

/** `npm run init`: asks what a first deploy has to know, looks at both machines, and writes the stack's file; run again it changes an answer. */
export async function init({ stack, yes, trustHostKeys, preview, flags }: InitOptions): Promise<number> {
  await refuseLoggedOut();
  const file = `Pulumi.${stack}.yaml`;
  const project = projectName();
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const known = answersIn(before, file, project);
  const asker = new Asker(flags, !yes && process.stdin.isTTY && process.stdout.isTTY);
  const domain = await asker.ask({
    flag: "domain",
    text: "Domain of the site",
    default: known.domain,
    refuse: notADomain,
  });
  const key = await privateKey(asker, known.edge?.privateKeyFile);
  const pins = { asker, key, trustHostKeys };

  const edge = await machine({
    ...pins,
    flag: "vps",
    text: "Address of the VPS, such as root@198.51.100.10",
    known: known.edge,
    user: "root",
  });
  const vps = await lookAt(hostOf("vps", edge));
  say(`  vps: ${described(vps)}`);

  const [old] = known.servers ?? [];
  const found = old === undefined && flags["pi"] === undefined ? await raspberryPis() : [];
  if (found.length > 0) say(`  Raspberry Pis in this network: ${found.join(", ")}`);
  const usual = old ?? (found[0] === undefined ? undefined : { address: found[0] });
  const server = await machine({
    ...pins,
    flag: "pi",
    text: "Address of the Raspberry Pi, such as pi@192.168.1.101",
    known: usual,
    user: "pi",
  });
  const name = old?.name ?? "pi";
  const pi = await lookAt(hostOf(name, server), edge.address);
  say(`  ${name}: ${described(pi)}`);
  say(`  ${name}: ${natOf(pi.hops).says}`);

  const platform = refuseUnfit([
    { name: "vps", login: edge, look: vps, serves: false },
    { name, login: server, look: pi, serves: true },
  ]);
  const email = await asker.ask({
    flag: "email",
    text: "E-mail address for Let's Encrypt",
    default: known.tls?.email,
    refuse: notAnAddress,
  });
  const directory = await asker.ask({
    flag: "tls",
    text: "Certificates: staging (for trying) or production",
    default: known.tls?.directory ?? "staging",
    refuse: (answer) =>
      /^(staging|production|https:\/\/\S+)$/.test(answer) ? undefined : "is neither staging nor production",
  });
  const zone = await zoneOf(asker, domain, known.dns);

  const answers: Answers = {
    domain,
    edge,
    server: { ...server, name, platform },
    tls: { directory, email },
    zoneId: zone?.id,
  };
  const created = await selected(stack);
  // A new stack's file has the salt of its secrets by now.
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  writeFileSync(file, withAnswers(text, file, answers, project));
  if (zone?.token !== undefined) await storeToken(stack, zone.token);
  say(
    `\n${file} is written${created ? `, and the stack ${stack} is created` : ""}. Every other setting: docs/settings.md.`,
  );
  if (!preview) {
    say(`Next: pulumi preview --stack ${stack}`);
    return 0;
  }
  say(`Next, and this changes nothing: pulumi preview --stack ${stack}\n`);
  const code = await pulumiByHand(["preview", "--stack", stack]);
  if (code === 0) say(`\nDeploy it: pulumi up --stack ${stack}`);
  return code;
}

async function refuseLoggedOut(): Promise<void> {
  try {
    await pulumi(["whoami"]);
  } catch (error) {
    throw new UserError(
      "Pulumi has no place for its state yet: run 'pulumi login' (Pulumi Cloud), or 'mkdir -m 700 ~/pulumi-state && pulumi login file://~/pulumi-state'; " +
        `docs/backends.md has more. ${messageOf(error)}`,
    );
  }
}

function notADomain(answer: string): string | undefined {
  const checked = hostName.safeParse(answer);
  return checked.success
    ? undefined
    : `is ${checked.error.issues[0]?.message ?? "no domain name"}, such as example.org`;
}

function notAnAddress(answer: string): string | undefined {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(answer) ? undefined : "is no e-mail address";
}

/** The operator's private key by path; undefined: the ssh agent has one. */
async function privateKey(asker: Asker, known: string | undefined): Promise<string | undefined> {
  const usual = known ?? ((await agentHasKey()) ? "agent" : keyAtHome());
  const answer = await asker.ask({
    flag: "key",
    text: "Private key for both machines: its path, or 'agent' for the ssh agent's",
    default: usual,
    refuse: refuseKey,
  });
  return answer === "agent" ? undefined : shortenHome(expandHome(answer));
}

function refuseKey(answer: string): string | undefined {
  if (answer === "agent") return undefined;
  const file = expandHome(answer);
  if (!existsSync(file)) return "does not exist; make a key with 'ssh-keygen -t ed25519'";
  if (/\.pub$/.test(file)) return "is the public half: name the file without .pub";
  return readFileSync(file, "utf8").includes("PRIVATE KEY") ? undefined : "is no private key of OpenSSH";
}

async function agentHasKey(): Promise<boolean> {
  const { exitCode } = await execa("ssh-add", ["-l"], { reject: false, stdin: "ignore" }).catch(() => ({
    exitCode: 1,
  }));
  return exitCode === 0;
}

function keyAtHome(): string | undefined {
  const file = path.join(homedir(), ".ssh", "id_ed25519");
  return existsSync(file) ? shortenHome(file) : undefined;
}

interface MachineQuestion {
  readonly asker: Asker;
  readonly flag: "vps" | "pi";
  readonly text: string;
  readonly known: Partial<MachineAnswers> | undefined;
  readonly user: string;
  readonly key: string | undefined;
  readonly trustHostKeys: boolean;
}

/** Asks for a machine's login, shows its host key in both forms, and pins the one that the person takes for it. */
async function machine(question: MachineQuestion): Promise<MachineAnswers> {
  const { asker, flag, text, known, user, key } = question;
  const answer = await asker.ask({
    flag,
    text,
    default: known?.address === undefined ? undefined : loginText({ user, port: 22, ...known, address: known.address }),
    refuse: (given) =>
      parseLogin(given, user) === undefined
        ? "is no address such as user@198.51.100.10 or 198.51.100.10:2222"
        : undefined,
  });
  const login = parseLogin(answer, user);
  if (login === undefined) throw new UserError(`--${flag}: '${answer}' is no address`);
  const same = known?.address === login.address && (known.port ?? 22) === login.port;
  const hostKey = await pinned(question, login, same ? known.hostKey : undefined);
  return { ...login, hostKey: hostKey.line, privateKeyFile: key };
}

function loginText({ user, address, port }: Pick<MachineAnswers, "user" | "address" | "port">): string {
  return `${user}@${address}${port === 22 ? "" : `:${port}`}`;
}

/** `[user@]address[:port]`; undefined: it is something else. */
export function parseLogin(text: string, usual: string): Pick<MachineAnswers, "user" | "address" | "port"> | undefined {
  const [, user = usual, address = "", port = "22"] =
    /^(?:([a-z_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (address === "" || Number(port) < 1 || Number(port) > 65535) return undefined;
  return { user, address, port: Number(port) };
}

async function pinned(
  { asker, flag, trustHostKeys }: MachineQuestion,
  { address, port }: Pick<MachineAnswers, "address" | "port">,
  known: string | undefined,
): Promise<HostKey> {
  say(`  asking ${address} for its host key ...`);
  const shown = await hostKeysOf(address, port);
  const [first] = shown;
  if (first === undefined) throw new UserError(`${address} shows no host key`);
  const expected = asker.given(`${flag}-host-key`);
  if (expected !== undefined) {
    const match = shown.find((key) => key.fingerprint === expected || key.line === parseHostKey(expected)?.line);
    if (match !== undefined) return match;
    throw new UserError(
      `--${flag}-host-key: ${address} shows another key than '${expected}': it is another machine, or somebody is in between. Nothing was sent to it`,
    );
  }
  const same = shown.find(({ line }) => line === known);
  if (same !== undefined) return same;
  say(`  ${address} shows   ${first.line}\n  the same is     ${first.fingerprint}`);
  if (known !== undefined && !trustHostKeys)
    say(
      `  The settings have another key for this address: if the machine was not reinstalled, somebody is in between.`,
    );
  say("  Compare it at the machine's own console:  cat /etc/ssh/ssh_host_ed25519_key.pub");
  if (trustHostKeys || (await asker.confirm(`  Is this the key of ${address}`, false))) return first;
  throw new UserError(
    `the host key of ${address} was not taken: compare it, then run this again with --${flag}-host-key '${first.fingerprint}'`,
  );
}

function hostOf(name: string, { privateKeyFile, ...login }: MachineAnswers): HostAddress {
  return { name, ...login, privateKeyFile, privateKey: undefined };
}

function described({ system, processor, memoryMb, freeMb }: MachineLook): string {
  return `${system}, ${processor}, ${memoryMb} MB of memory, ${Math.floor(freeMb / 1000)} GB free`;
}

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

interface Zone {
  readonly id: string;
  /** To be stored; undefined: it is in the environment, or stored already. */
  readonly token: string | undefined;
}

async function zoneOf(
  asker: Asker,
  domain: string,
  known:
    | {
        readonly provider?: string | undefined;
        readonly zoneId?: string | undefined;
        readonly apiUrl?: string | undefined;
      }
    | undefined,
): Promise<Zone | undefined> {
  const provider = await asker.ask({
    flag: "dns",
    text: "DNS of the domain: cloudflare, or none to enter the records yourself",
    default: known?.provider ?? "cloudflare",
    refuse: (answer) => (["cloudflare", "none"].includes(answer) ? undefined : "is neither cloudflare nor none"),
  });
  if (provider === "none") return undefined;
  const inEnvironment = process.env[API_TOKEN] ?? "";
  const stored = known?.zoneId !== undefined && inEnvironment === "";
  const typed =
    inEnvironment !== "" || stored
      ? undefined
      : await asker.ask({
          flag: "token",
          instead: `export ${API_TOKEN}`,
          text: `Token for Cloudflare, with Zone / DNS / Edit for ${domain} (not shown)`,
          hidden: true,
          refuse: (answer) => (/^[\x21-\x7e]+$/.test(answer) ? undefined : "has a character that tokens do not have"),
        });
  const token = typed ?? inEnvironment;
  const found =
    token === "" ? undefined : await zonesOf(domain, token, zoneApi({ zoneId: "", apiUrl: known?.apiUrl }).apiUrl);
  if (found !== undefined) say(`  Cloudflare has the zone ${found.name}`);
  const id = await asker.ask({
    flag: "zone",
    text: "Zone id, from the domain's overview page at Cloudflare",
    default: found?.id ?? known?.zoneId,
    refuse: (answer) => (/^[0-9a-f]{32}$/.test(answer) ? undefined : "is no zone id of 32 hexadecimal digits"),
  });
  return { id, token: typed };
}

/** Creates the stack unless it exists, and selects it; true where it was created. The CLI asks for a passphrase itself. */
async function selected(stack: string): Promise<boolean> {
  const exists = await pulumi(["stack", "select", stack]).then(
    () => true,
    () => false,
  );
  if (exists) return false;
  const code = await pulumiByHand(["stack", "init", stack]);
  if (code !== 0)
    throw new UserError(`the stack ${stack} could not be created: see the lines above; no setting was written`);
  return true;
}

async function storeToken(stack: string, token: string): Promise<void> {
  await pulumi(["config", "set", "--secret", "cloudflare:apiToken", "--stack", stack], { input: token });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
