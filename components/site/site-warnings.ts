import * as pulumi from "@pulumi/pulumi";

import { lookAtSite, siteProblems } from "./site-look";

/** For the site's answer, seconds: a preview waits no longer for it, and the machines are looked at meanwhile. */
const SECONDS = 2;

/** Warns of what visitors of a site that was deployed before have now; `url` undefined: it was not. Never fails. */
export async function warnOfSite(url: URL | undefined, edge: string, proxied: boolean): Promise<void> {
  if (url === undefined) return;
  const at = { url, edge, proxied, seconds: SECONDS };
  const problems = siteProblems(at, await lookAtSite(at), new Date());
  // An `up` may repair it, and its warnings stand at the end.
  const when = pulumi.runtime.isDryRun() ? "" : "when this run began, ";
  for (const problem of problems) await pulumi.log.warn(`${when}${problem}`);
}
