/** A fault a person can do something about: the message says what, where, what was expected and what to do. */
export class LabError extends Error {
  override readonly name = "LabError";
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
