import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { UserError } from "../../lib/errors";
import { installPackages } from "../engine/apt";
import { Report } from "../progress";

/** The Debian releases that `vps` and `pi` can run. */
export const RELEASES = ["bookworm", "trixie"] as const;

/** One of them. */
export type Release = (typeof RELEASES)[number];

/** The release of the other hosts and of the Python image, and of `vps` and `pi` by default. */
export const RELEASE: Release = "bookworm";

/** What makes a Debian from its packages. The keyring: Ubuntu does not have it by default. */
export const BOOTSTRAP = ["mmdebstrap", "debian-archive-keyring"];

/** Where Debian is fetched from. Both are base addresses without a slash at the end. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
}

/** The mirror this machine itself uses, so that the lab needs no other way out; Debian's own where the machine is not Debian. */
export async function machineMirror(report: Report, etc = "/etc"): Promise<Mirror> {
  const release = await readFile(join(etc, "os-release"), "utf8").catch(() => "");
  const directory = join(etc, "apt", "sources.list.d");
  const names = await readdir(directory).catch(() => []);
  const files = [join(etc, "apt", "sources.list"), ...names.map((name) => join(directory, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  const own = /^ID=debian$/m.test(release) ? mirrorIn(texts.join("\n")) : undefined;
  return own ?? (await debiansOwn(report));
}

/** The mirror named in the text of apt's sources, in either format; undefined where there is none. A line that is a comment does not count. */
export function mirrorIn(sources: string): Mirror | undefined {
  const urls = sources
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? [])
    .map((url) => url.replace(/\/+$/, ""));
  const main = urls.find((url) => /\/debian$/.test(url));
  if (main === undefined) return undefined;
  return { main, security: urls.find((url) => /\/debian-security$/.test(url)) ?? `${main}-security` };
}

/** Debian's own mirror, as its `debootstrap` knows it. */
async function debiansOwn(report: Report): Promise<Mirror> {
  await installPackages(["debootstrap"], report);
  const main = defaultMirror(await readFile("/usr/sbin/debootstrap", "utf8"));
  return { main, security: `${main}-security` };
}

/** The default that the text of debootstrap gives; an error where it gives none. */
export function defaultMirror(debootstrap: string): string {
  const [, main] = /^DEF_MIRROR="(https?:\/\/[^"]+)"$/m.exec(debootstrap) ?? [];
  if (main === undefined) {
    throw new UserError(
      "no Debian mirror is known: /etc/apt names none, and debootstrap has no DEF_MIRROR; add one to /etc/apt/sources.list.d",
    );
  }
  return main;
}

/** apt's sources for a host: the release, its updates and its security fixes. */
export function sourceLines(mirror: Mirror, release: Release): string[] {
  return [
    `deb ${mirror.main} ${release} main`,
    `deb ${mirror.main} ${release}-updates main`,
    `deb ${mirror.security} ${release}-security main`,
  ];
}
