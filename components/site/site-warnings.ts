import * as pulumi from "@pulumi/pulumi";

import { ProbedMachine } from "../machine";
import { lookAtSite, SiteAddress, siteProblems } from "./site-look";

/** For the site's answer, seconds: a preview waits no longer for it, and the machines are looked at meanwhile. */
const SECONDS = 2;

/** Warns of a server that no visitor reaches through the tunnel. */
export async function warnOfTunnel({ address: { name, address }, probe }: ProbedMachine): Promise<void> {
  for (const problem of probe.tunnel) await pulumi.log.warn(`${name} (${address}): ${problem}`);
}

/** Warns of what visitors of a site that was deployed before have now; `site` undefined: it was not. Never fails. */
export async function warnOfSite(site: Omit<SiteAddress, "seconds"> | undefined): Promise<void> {
  if (site === undefined) return;
  const at = { ...site, seconds: SECONDS };
  const problems = siteProblems(at, await lookAtSite(at), new Date());
  // An `up` may repair it, and its warnings stand at the end.
  const when = pulumi.runtime.isDryRun() ? "" : "when this run began, ";
  for (const problem of problems) await pulumi.log.warn(`${when}${problem}`);
}
