import { readFileSync } from "node:fs";

import execa from "execa";
import { parse } from "yaml";
import { z } from "zod";

import { SharedHost, sharedHostOutput } from "../components/site";
import { readByCli, selectedStack } from "../state";
import { messageOf, UserError } from "../lib/errors";

/** The outputs that the commands read. */
const outputsSchema = z.object({
  app: z.string(),
  url: z.string(),
  admin: z.object({ user: z.string(), password: z.string(), forwarded: z.string() }),
  host: sharedHostOutput,
  adapter: z.object({ setOver: z.record(z.string(), z.string()), notes: z.array(z.string()) }).optional(),
});

/** A deployed stack. */
export interface DeployedStack extends z.output<typeof outputsSchema> {
  /** Its name, such as `production`. */
  readonly name: string;
  readonly host: SharedHost;
}

const projectSchema = z.object({ name: z.string() });

/** Pulumi's name of this checkout's project, the prefix of its settings. */
export function projectName(): string {
  try {
    return projectSchema.parse(parse(readFileSync("Pulumi.yaml", "utf8"))).name;
  } catch (error) {
    throw new UserError(`cannot read Pulumi.yaml: ${messageOf(error)}; run this in Homeport's checkout`);
  }
}

/** The file with a stack's settings. */
export function stackFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** The name of the requested stack, or of the selected one. */
export async function stackName(asked: string | undefined): Promise<string> {
  return asked ?? (await selectedStack());
}

/** Reads the outputs of a stack; `asked` is its name, undefined: the selected one. */
export async function deployedStack(asked: string | undefined): Promise<DeployedStack> {
  const name = await stackName(asked);
  const outputs = outputsSchema.safeParse(JSON.parse(await readByCli(name, ["stack", "output", "--json"])));
  if (outputs.success) return { name, ...outputs.data };
  throw new UserError(
    `the stack ${name} has no outputs yet: run 'pulumi up --stack ${name}' first; after an interrupted one, ` +
      `'npm run recover -- --stack ${name}'`,
  );
}

/** Runs the Pulumi CLI interactively, and returns its exit code. */
export async function pulumiByHand(args: readonly string[]): Promise<number> {
  // execa has no exit code for a killed process.
  const { exitCode, signal } = await execa("pulumi", [...args], {
    reject: false,
    stdio: "inherit",
  });
  return signal === undefined ? exitCode : 1;
}
