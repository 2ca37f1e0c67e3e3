import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { z } from "zod";

import { retryHalfWritten } from "./retry";

const answer = z.object({ outputs: z.record(z.string(), z.unknown()) });

/** The full name of the stack that runs, as the CLI and the engine take it: `organization/project/stack`. */
export function ownStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/**
 * The outputs of a stack by its full name, as its last `up` left them, at preview as well; empty where none succeeded yet, undefined where there is no such stack.
 * A StackReference to a stack that does not exist ends the program in the engine: it can neither be caught nor retried. This function can, and registers no resource. Secret outputs are in the answer: look at none.
 */
export async function stackOutputs(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const ask = (): Promise<unknown> => pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  try {
    return answer.parse(await retryHalfWritten(`the stack ${name}`, ask)).outputs;
  } catch (error) {
    if (error instanceof Error && error.message.includes(`unknown stack "${name}"`)) return undefined;
    throw error;
  }
}

/**
 * A text that the state keeps, known at preview, which outputs of commands are not; `fresh` undefined: the one that was kept last stays, or it is `first`.
 * A RandomId is used for its `keepers`; with `ignoreChanges` the engine itself supplies the old ones. Its number is not used.
 */
export function keptText(
  {
    name,
    key,
    fresh,
    first,
  }: { readonly name: string; readonly key: string; readonly fresh: string | undefined; readonly first: string },
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  const kept = new random.RandomId(
    name,
    { byteLength: 4, keepers: { [key]: fresh ?? first } },
    { ...(parent === undefined ? {} : { parent }), ignoreChanges: fresh === undefined ? ["keepers"] : [] },
  );
  return kept.keepers.apply((keepers) => keepers?.[key] ?? "");
}
