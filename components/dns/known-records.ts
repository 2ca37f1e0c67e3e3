import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { script } from "../machine/scripts";

/** What the state of this stack knows of records. */
export interface KnownRecords {
  /** Ids of those that it has. */
  readonly ids: readonly string[];
  /** Whether it has the command whose name was asked for. */
  readonly command: boolean;
}

/**
 * Asks the CLI for the state as it is before this run changes anything: nothing that the program itself can ask tells a record of an earlier state
 * from one of this. Undefined, with a warning, where the state cannot be read.
 */
export async function knownRecords(commandName: string): Promise<KnownRecords | undefined> {
  const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  try {
    const { stdout } = await command.local.run({
      command: script("dns/read-known-records.mjs"),
      interpreter: ["node", "--input-type=module", "--eval"],
      environment: { STACK: stack, COMMAND: commandName },
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    return readKnownRecords(stdout);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(
      `dns: whether the state knows the records with this stack's comment is unknown, so none of them is replaced: ${said}`,
    );
    return undefined;
  }
}

/** Reads what `scripts/read-known-records.mjs` wrote. */
export function readKnownRecords(text: string): KnownRecords {
  const lines = text.split("\n").map((line) => line.split(" "));
  return {
    ids: lines.flatMap(([word, id = ""]) => (word === "record" ? [id] : [])),
    command: lines.some(([word]) => word === "made"),
  };
}
