import { RunError } from "@pulumi/pulumi/errors";

/**
 * A fault of the user's settings or machines, told in one message: what, the value found, what is allowed, what to do.
 * Pulumi prints a RunError without a stack trace, which would say nothing to its reader.
 */
export class UserError extends RunError {}
