import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The Debian release of the hosts and of the Python image. */
export const RELEASE = "bookworm";

/** What makes a Debian from its packages. The keyring: Ubuntu does not have it by default. */
export const BOOTSTRAP = ["mmdebstrap", "debian-archive-keyring"];

/** Where Debian is fetched from. Both are base addresses without a slash at the end. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
}

/** Debian's own, used on machines that are not Debian. */
const DEBIAN: Mirror = { main: "http://deb.debian.org/debian", security: "http://deb.debian.org/debian-security" };

/** The mirror this machine itself uses, so that the lab needs no other way out; Debian's own where the machine is not Debian. */
export async function machineMirror(etc = "/etc"): Promise<Mirror> {
  const release = await readFile(join(etc, "os-release"), "utf8").catch(() => "");
  if (!/^ID=debian$/m.test(release)) {
    return DEBIAN;
  }
  const directory = join(etc, "apt", "sources.list.d");
  const names = await readdir(directory).catch(() => []);
  const files = [join(etc, "apt", "sources.list"), ...names.map((name) => join(directory, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return mirrorIn(texts.join("\n"));
}

/** The mirror named in the text of apt's sources, in either format. A line that is a comment does not count. */
export function mirrorIn(sources: string): Mirror {
  const urls = sources
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? [])
    .map((url) => url.replace(/\/+$/, ""));
  return {
    main: urls.find((url) => /\/debian$/.test(url)) ?? DEBIAN.main,
    security: urls.find((url) => /\/debian-security$/.test(url)) ?? DEBIAN.security,
  };
}

/** apt's sources for a host: the release, its updates and its security fixes. */
export function sourceLines(mirror: Mirror): string[] {
  return [
    `deb ${mirror.main} ${RELEASE} main`,
    `deb ${mirror.main} ${RELEASE}-updates main`,
    `deb ${mirror.security} ${RELEASE}-security main`,
  ];
}
