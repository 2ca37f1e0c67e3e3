/** Something the provider reports in Terraform's frame for diagnostics. */
export class Diagnostic extends Error {
  constructor(readonly summary: string) {
    super(`1 error occurred:\n\t* ${summary}\n\n`);
  }
}

/** The same, met while a resource is there: the frame then names what was being done to which resource. */
export function during(action: string, urn: string, error: unknown): Error {
  return new Error(`${action} ${urn}: ${messageOf(error)}`);
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a failed call of Docker's API looks like (docker-modem). */
interface ApiError {
  readonly statusCode: number;
  readonly message: string;
  readonly json?: { readonly message?: string } | null;
}

function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number";
}

/** True when Docker says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return isApiError(error) && error.statusCode === 404;
}

/** Status of an answer that says there was nothing to do: the container runs already, or has stopped before. */
const NOT_MODIFIED = 304;

/** Starts or stops something: that it is so already is no fault, though the client library takes it for one. */
export async function unlessSo(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isApiError(error) || error.statusCode !== NOT_MODIFIED) throw error;
  }
}

/** A failed call of Docker's API in the words of the Go client, which the real provider passes on. */
export function apiMessage(error: unknown): string {
  if (!isApiError(error)) return `error during connect: ${messageOf(error)}`;
  const said = error.json?.message ?? error.message.replace(/^\(HTTP code \d+\) .*? - /, "").trim();
  return `Error response from daemon: ${said}`;
}

/** Carries out a call of Docker's API; what fails is reported as `CONTEXT: what the daemon said`. */
export async function calling<T>(context: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Diagnostic(`${context}: ${apiMessage(error)}`);
  }
}
