import { messageOf, UserError } from "../lib/errors";
import { CliOptions, pulumi } from "./cli";
import { givenPassphrase, passphraseFault } from "./passphrase";
import { retryHalfWritten } from "./retry";
import { saltsOf } from "./salts";

/** Runs a command of the CLI that only reads the state of a stack, such as `["stack", "output"]`, and returns its stdout. */
export async function readByCli(stack: string, args: readonly string[], options: CliOptions = {}): Promise<string> {
  try {
    return await retryHalfWritten(`the stack ${stack}`, () => pulumi([...args, "--stack", stack], options));
  } catch (error) {
    if (!/passphrase/i.test(messageOf(error))) throw error;
    const fault = await passphraseFault(
      stack,
      givenPassphrase({ ...process.env, ...options.env }),
      await saltsOf(stack),
    );
    throw fault === undefined ? error : new UserError(fault);
  }
}

/** The text of a stack's state, as `importState` takes it back; secrets are encrypted unless `showSecrets` is set. */
export function exportState(stack: string, { showSecrets = false } = {}): Promise<string> {
  return readByCli(stack, ["stack", "export", ...(showSecrets ? ["--show-secrets"] : [])]);
}
