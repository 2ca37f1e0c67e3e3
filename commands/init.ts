import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { HostAddress, hostName } from "../settings";
import { pulumi } from "../state";
import { messageOf, UserError } from "../lib/errors";
import { say } from "../lib/say";
import {
  Answers,
  answersIn,
  Asker,
  askMachine,
  askPrivateKey,
  askZone,
  Flags,
  lookAt,
  MachineAnswers,
  MachineLook,
  natOf,
  raspberryPis,
  refuseUnfit,
  USERS,
  withAnswers,
} from "../setup";
import { projectName, pulumiByHand, stackFile } from "./stack";

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
  const file = stackFile(stack);
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
  const key = await askPrivateKey(asker, known.edge?.privateKeyFile);
  const pins = { asker, key, trustHostKeys };

  const edge = await askMachine({
    ...pins,
    flag: "vps",
    text: "Address of the VPS, such as root@198.51.100.10",
    known: known.edge,
    user: USERS.edge,
  });
  const vps = await lookAt(hostOf("vps", edge));
  say(`  vps: ${described(vps)}`);

  const [old] = known.servers ?? [];
  const found = old === undefined && flags["pi"] === undefined ? await raspberryPis() : [];
  if (found.length > 0) say(`  Raspberry Pis in this network: ${found.join(", ")}`);
  const usual = old ?? (found[0] === undefined ? undefined : { address: found[0] });
  const server = await askMachine({
    ...pins,
    flag: "pi",
    text: "Address of the Raspberry Pi, such as pi@192.168.1.101",
    known: usual,
    user: USERS.server,
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
  const zone = await askZone(asker, domain, known.dns);

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

export function hostOf(name: string, { privateKeyFile, ...login }: MachineAnswers): HostAddress {
  return { name, ...login, privateKeyFile, privateKey: undefined };
}

function described({ system, processor, memoryMb, freeMb }: MachineLook): string {
  return `${system}, ${processor}, ${memoryMb} MB of memory, ${Math.floor(freeMb / 1000)} GB free`;
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
