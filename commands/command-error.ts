/** A fault that its reader can mend; told in one message, without a stack trace. */
export class CommandError extends Error {}
