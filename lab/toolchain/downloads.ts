import { UserError } from "../../lib/errors";
import { Report } from "../progress";
import { Downloads } from "../settings";
import { PULUMI } from "./versions";

/** Which of the usual downloads work from this machine. */
export interface Availability {
  /** Docker Hub. */
  readonly hub: boolean;
  /** Pulumi's releases and plugins. */
  readonly pulumi: boolean;
}

/** Milliseconds a server is given to answer the question whether it is there. */
const PROBE = 5_000;

/** A registry that is there answers its version check with 200, or 401 when it wants a token first, which Docker gets by itself. */
const REGISTRY_ANSWERS: readonly number[] = [200, 401];

/** Finds out which downloads work; where one does not, the lab builds. */
export async function probeDownloads(
  downloads: Downloads,
  architecture: string,
  report: Report,
): Promise<Availability> {
  if (downloads.mode === "never") {
    return { hub: false, pulumi: false };
  }
  const [registry, release] = await Promise.all([
    status(`${downloads.registry}/v2/`, "GET"),
    status(cliUrl(downloads, architecture), "HEAD"),
  ]);
  const available = { hub: REGISTRY_ANSWERS.includes(registry ?? 0), pulumi: release === 200 };
  report(
    `Docker Hub ${available.hub ? "answers" : "does not answer"}, Pulumi's releases ${available.pulumi ? "do" : "do not"}`,
  );
  if (downloads.mode === "always" && !(available.hub && available.pulumi)) {
    throw new UserError(
      `HOMEPORT_LAB_DOWNLOADS is always, but ${available.hub ? cliUrl(downloads, architecture) : downloads.registry} does not answer: unset it to build what is missing`,
    );
  }
  return available;
}

/** The archive of Pulumi's CLI for this machine. */
export function cliUrl(downloads: Downloads, architecture: string): string {
  const name = architecture === "arm64" ? "arm64" : "x64";
  return `${downloads.pulumi}/sdk/pulumi-v${PULUMI}-linux-${name}.tar.gz`;
}

/** The status a server answers with; undefined if it gives no answer in time. */
async function status(url: string, method: "GET" | "HEAD"): Promise<number | undefined> {
  return fetch(url, { method, signal: AbortSignal.timeout(PROBE), redirect: "follow" }).then(
    (response) => response.status,
    () => undefined,
  );
}
