import { existsSync, readFileSync } from "node:fs";

import { lookAtEngine } from "../components/docker";
import { refuseDeadAgent } from "../components/machine";
import { messageOf, UserError } from "../lib/errors";
import { EDGE_NAME } from "../settings";
import { answersIn, lookAt, USERS } from "../setup";
import { givenPassphrase, passphraseFault, pulumi, saltsOf } from "../state";
import { hostOf } from "./init";
import { lookAtStack } from "./look";
import { deployedStack, projectName, stackFile, stackName } from "./stack";

/** What was examined, and how it is. */
interface Examined {
  readonly what: string;
  /** Sentences that say what to do; none: it is as it should be. */
  readonly faults: readonly string[];
  /** What was seen. */
  readonly seen?: string | undefined;
  readonly notes?: readonly string[] | undefined;
}

type Look = () => Promise<Examined>;

/**
 * `npm run doctor`: this workstation, the stack and the machines, a line each: good, or what to do. Changes nothing. What can be looked at is, whatever else
 * is broken. Exits 1 unless all is good.
 */
export async function doctor(asked: string | undefined): Promise<number> {
  const stack = await stackName(asked).catch((error: unknown) => messageOf(error));
  const known = existsSync(stackFile(stack)) ? stack : undefined;
  const examined: Examined[] = [];
  const ofStack = (looks: (name: string) => Look[]): Look[] => (known === undefined ? [] : looks(known));
  for (const look of [
    theCli,
    () => Promise.resolve(theStack(asked, stack, known)),
    ...ofStack((name) => [() => thePassphrase(name)]),
    () => theEngine(known),
    theAgent,
    ...ofStack((name) => [...namedMachines(name).map((one) => () => theMachine(one)), () => theSite(name)]),
  ]) {
    const found = await look();
    process.stdout.write(shown(found));
    examined.push(found);
  }
  const bad = examined.filter(({ faults }) => faults.length > 0);
  process.stdout.write(
    bad.length === 0 ? "\nall good\n" : `\n${bad.length} of ${examined.length} need you: see TO DO above\n`,
  );
  return bad.length === 0 ? 0 : 1;
}

/** What was examined, as lines. */
export function shown({ what, faults, seen, notes = [] }: Examined): string {
  const [first = `good  ${what}${seen === undefined ? "" : `: ${seen}`}`, ...more] = faults.map(
    (fault) => `TO DO ${what}: ${fault}`,
  );
  return [first, ...more, ...notes.map((note) => `note  ${what}: ${note}`)].map((line) => `${line}\n`).join("");
}

async function theCli(): Promise<Examined> {
  return examine("Node.js and the Pulumi CLI", async () => {
    const version = await pulumi(["version"]);
    return { seen: `Node.js ${process.versions.node}, Pulumi ${version.trim().replace(/^v/, "")}` };
  });
}

function theStack(asked: string | undefined, stack: string, known: string | undefined): Examined {
  const what = "the stack";
  if (known !== undefined) return { what, faults: [], seen: stack };
  return {
    what,
    faults: [
      asked === undefined && stack.includes(" ")
        ? stack
        : `there is no ${stackFile(stack)} here: 'npm run init' writes it, or choose another stack with '-- --stack NAME'`,
    ],
  };
}

async function thePassphrase(stack: string): Promise<Examined> {
  return examine("the passphrase", async () => {
    const salts = await saltsOf(stack);
    if (salts.file === undefined && salts.state === undefined) return { seen: "none is needed yet, or others keep it" };
    const fault = await passphraseFault(stack, givenPassphrase(process.env), salts);
    return fault === undefined ? { seen: "opens the stack's secrets" } : { faults: [fault] };
  });
}

async function theEngine(stack: string | undefined): Promise<Examined> {
  return examine("Docker here", async () => {
    const platforms = stack === undefined ? [] : (answersOf(stack).servers ?? []).flatMap((one) => one.platform ?? []);
    const { fatal, notes } = await lookAtEngine(platforms);
    return { faults: fatal, notes, seen: platforms.length === 0 ? "answers" : `builds for ${platforms.join(", ")}` };
  });
}

async function theAgent(): Promise<Examined> {
  return examine("the ssh agent", async () => {
    const socket = process.env["SSH_AUTH_SOCK"];
    await refuseDeadAgent(socket);
    return { seen: socket === undefined || socket === "" ? "none, so each machine needs a privateKeyFile" : "answers" };
  });
}

type Answers = ReturnType<typeof answersIn>;

interface NamedMachine {
  readonly name: string;
  readonly login: NonNullable<Answers["edge"]>;
}

function namedMachines(stack: string): readonly NamedMachine[] {
  const { edge, servers = [] } = answersOf(stack);
  return [
    ...(edge === undefined ? [] : [{ name: EDGE_NAME, login: { user: USERS.edge, ...edge } }]),
    ...servers.map((one) => ({ name: one.name ?? "pi", login: { user: USERS.server, ...one } })),
  ];
}

async function theMachine({ name, login }: NamedMachine): Promise<Examined> {
  const { address, port = 22, user = "", hostKey, privateKeyFile } = login;
  return examine(`the machine ${name}`, async () => {
    if (address === undefined || hostKey === undefined)
      return { faults: ["its address or host key is not in the settings: 'npm run init' asks for them"] };
    const { system, sudo, freeMb } = await lookAt(hostOf(name, { address, port, user, hostKey, privateKeyFile }));
    const faults = sudo
      ? []
      : [`${user} may not become root without a password: docs/first-deploy.md, "Prepare the Pi"`];
    return { faults, seen: `${system}, ${freeMb} MB free` };
  });
}

async function theSite(stack: string): Promise<Examined> {
  return examine("the site", async () => {
    const deployed = await deployedStack(stack).catch((error: unknown) => {
      if (messageOf(error).includes("has no outputs yet")) return undefined;
      throw error;
    });
    if (deployed === undefined) return { seen: "not deployed yet: 'pulumi up'" };
    const found = (await lookAtStack(deployed)).flatMap(({ findings }) => findings);
    const texts = (notes: boolean): string[] =>
      found.filter(({ kind }) => (kind === "note") === notes).map(({ where, text }) => `${where}: ${text}`);
    return {
      faults: texts(false),
      notes: texts(true),
      seen: `${deployed.url} answers, and its machines are as declared`,
    };
  });
}

async function examine(what: string, look: () => Promise<Partial<Examined>>): Promise<Examined> {
  try {
    return { what, faults: [], ...(await look()) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { what, faults: [error.message] };
  }
}

function answersOf(stack: string): Answers {
  // What a rehearsal or a person keeps beside the committed file counts as well.
  const files = [stackFile(stack), `Pulumi.${stack}.local.yaml`].filter((file) => existsSync(file));
  return Object.assign(
    {},
    ...files.map((file) => answersIn(readFileSync(file, "utf8"), file, projectName())),
  ) as Answers;
}
