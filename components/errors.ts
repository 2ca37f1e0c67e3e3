/** A fault of the user's settings or machines, told in one message: what, the value found, what is allowed, what to do. */
export class UserError extends Error {
  public override readonly name = "UserError";
}
