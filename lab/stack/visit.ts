import Docker from "dockerode";

import { exec } from "../engine/containers";
import { UserError } from "../../lib/errors";
import { containerName } from "../hosts/start";
import { Instance } from "../instance";
import { until } from "../process";

/** A page as the visitor got it. */
export interface Visit {
  readonly url: string;
  readonly title: string;
  /** Of the page itself. */
  readonly bytes: number;
}

/** Seconds the site may take after its start: a certificate has to be issued, and an emulated processor is slow. */
const SITE = 120;

/** Fetches the site as the lab's visitor: by name, with the certificate checked. Polls until it answers. */
export async function visitSite(docker: Docker, instance: Instance, url: string, seconds = SITE): Promise<Visit> {
  return until(`${url} to answer the visitor`, seconds, async () => {
    const { code, stdout, stderr } = await exec(docker, containerName(instance, "visitor"), [
      "curl",
      ...["--silent", "--show-error", "--fail", "--location", "--max-time", "10", url],
    ]);
    if (code !== 0) {
      throw new UserError(stderr.trim());
    }
    return { url, title: titleOf(stdout), bytes: Buffer.byteLength(stdout) };
  });
}

/** The title of a page. */
export function titleOf(html: string): string {
  const text = /<title>(.*?)<\/title>/s.exec(html)?.[1] ?? "";
  return text
    .replace(/\s+/g, " ")
    .replace(/&amp;/g, "&")
    .replace(/&#x27;|&#39;/g, "'")
    .trim();
}
