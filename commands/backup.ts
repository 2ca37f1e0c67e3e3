import { z } from "zod";

import { UserError } from "../lib/errors";
import { Asker } from "../setup";
import { serversOf, Ssh } from "./ssh";
import { DeployedStack, deployedStack } from "./stack";

const SCRIPT = "backup.sh";

/** Exit code of the script where a machine saves nothing, or does not have the backup that was asked for. */
const NOTHING_HERE = 3;

const NO_BACKUPS = "there are no backups: set backup.repository, then run 'pulumi up' (docs/backups.md)";

/** `npm run backup`: saves and proves now. Exits 1 where a machine could not. */
export async function backup(asked: string | undefined): Promise<number> {
  return onEachThatSaves(await deployedStack(asked), ["run"]);
}

/** `npm run backups`: lists what there is, newest first, and says where the key is without which nobody can read it. */
export async function backups(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const code = await onEachThatSaves(stack, ["list"]);
  process.stdout.write(
    `the key of the repository: pulumi stack output backupKey --show-secrets --stack ${stack.name}; keep a copy outside of Pulumi's state\n`,
  );
  return code;
}

export interface RestoreOptions {
  readonly stack?: string | undefined;
  /** Stack that gets the data; undefined: the one whose backup it is. */
  readonly to?: string | undefined;
  /** Whether it is done without a question. */
  readonly yes?: boolean | undefined;
}

/** `npm run restore -- [ID] [--to STACK]`: puts a backup back, by default the newest that is proven, and keeps what was there. */
export async function restore(id: string, { stack: asked, to, yes }: RestoreOptions): Promise<number> {
  const from = await deployedStack(asked);
  const target = to === undefined || to === from.name ? undefined : await deployedStack(to);
  const where = target ?? from;
  const sources = target === undefined ? undefined : await sourcesOf(from);
  const words = [id, ...(sources === undefined ? [] : ["--from"])];
  const none = id === "latest" ? NO_BACKUPS : `there is no backup ${id}: 'npm run backups' lists them`;
  const planned = await onEachThatSaves(where, ["plan", ...words], { sources, none });
  if (planned !== 0) return planned;
  const asker = new Asker({ yes: yes === true ? "yes" : undefined }, process.stdin.isTTY);
  const answer = await asker.ask({ flag: "yes", text: "Replace it? yes or no", default: "no" });
  if (answer !== "yes") {
    process.stdout.write("nothing was changed: 'yes', or --yes, puts it back\n");
    return 1;
  }
  return onEachThatSaves(where, ["restore", ...words], { sources, none });
}

/** What a server saves, and the text of its settings and secrets by which another one reads its backups. */
interface Source {
  readonly volumes: boolean;
  readonly postgres: boolean;
  readonly text: string;
}

const savedSchema = z.object({ volumes: z.boolean(), postgres: z.string().nullable() });

async function sourceOf(ssh: Ssh, app: string): Promise<Source | undefined> {
  const text = await ssh.run(SCRIPT, app, "source");
  if (text === "") return undefined;
  const { volumes, postgres } = savedSchema.parse(JSON.parse(text.split("\n")[0] ?? ""));
  return { volumes, postgres: postgres !== null, text };
}

async function sourcesOf(stack: DeployedStack): Promise<Source[]> {
  const all = await Promise.all(
    serversOf(stack).map(async ({ name }) => sourceOf(await Ssh.toServer(stack, name), stack.app)),
  );
  return all.filter((one) => one !== undefined);
}

/** Runs a verb on every server that has backups. `sources`: another stack's, each for the servers that have the same kind of data; `none`: what is wrong where no server has any. */
async function onEachThatSaves(
  stack: DeployedStack,
  words: readonly string[],
  { sources, none = NO_BACKUPS }: { readonly sources?: readonly Source[] | undefined; readonly none?: string } = {},
): Promise<number> {
  const codes: number[] = [];
  for (const { name } of serversOf(stack)) {
    const ssh = await Ssh.toServer(stack, name);
    for (const input of await inputsFor(ssh, stack.app, sources)) {
      codes.push(await ssh.follow(SCRIPT, [stack.app, ...words], { input }));
    }
  }
  const done = codes.filter((code) => code !== NOTHING_HERE);
  if (done.length === 0) throw new UserError(none);
  return done.every((code) => code === 0) ? 0 : 1;
}

async function inputsFor(
  ssh: Ssh,
  app: string,
  sources: readonly Source[] | undefined,
): Promise<readonly (string | undefined)[]> {
  if (sources === undefined) return [undefined];
  const here = await sourceOf(ssh, app);
  if (here === undefined) return [];
  return sources
    .filter((one) => (one.volumes && here.volumes) || (one.postgres && here.postgres))
    .map(({ text }) => text);
}
