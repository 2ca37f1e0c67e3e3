/** A fault that its reader can fix, reported in one message without a stack trace: what is wrong and where, what is allowed, what to do. */
export class UserError extends Error {
  /** By this Pulumi knows its RunError, of whatever copy of its SDK, and prints the message alone. To import the class would load the SDK into every command. */
  public readonly __pulumiRunError = true;

  public constructor(message: string) {
    super(message);
    // The SDK formats the stack for its trace of the run, though it does not show it: with a loader's source maps that took 17 s of processor time.
    delete this.stack;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Awaits all; when several fail by the user's faults, throws one UserError that lists each. */
export async function allOrUserErrors<T extends readonly unknown[] | []>(all: T): ReturnType<typeof Promise.all<T>> {
  const settled = await Promise.allSettled<unknown>([...all]);
  const reasons = settled.filter((one) => one.status === "rejected").map((one): unknown => one.reason);
  if (reasons.length > 1 && reasons.every((reason) => reason instanceof UserError)) {
    throw new UserError(reasons.map(({ message }) => message.trimEnd()).join("\n"));
  }
  return Promise.all(all);
}
