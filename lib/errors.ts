import { RunError } from "@pulumi/pulumi/errors";

/**
 * A fault of the user's settings or machines, told in one message: what, the value found, what is allowed, what to do.
 * Pulumi prints a RunError without a stack trace, which would say nothing to its reader.
 */
export class UserError extends RunError {
  public constructor(message: string) {
    super(message);
    // The SDK formats the stack for its trace of the run, though it does not show it: with ts-node's source maps that took 17 s of processor time.
    delete this.stack;
  }
}

/** Awaits all; when several fail by the user's faults, throws one UserError that tells of each. */
export async function allOrUserErrors<T extends readonly unknown[] | []>(all: T): ReturnType<typeof Promise.all<T>> {
  const settled = await Promise.allSettled<unknown>([...all]);
  const reasons = settled.filter((one) => one.status === "rejected").map((one): unknown => one.reason);
  if (reasons.length > 1 && reasons.every((reason) => reason instanceof UserError)) {
    throw new UserError(reasons.map(({ message }) => message.trimEnd()).join("\n"));
  }
  return Promise.all(all);
}
