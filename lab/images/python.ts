import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";

import { Cache } from "../cache";
import { Engine } from "../engine/engine";
import { installPackages } from "../engine/apt";
import { Report } from "../progress";
import { Platform, PLATFORMS } from "../platform";
import { run } from "../process";
import { hasImage, loadArchive, writeArchive } from "./archive";
import { contentKey } from "./build";
import { BOOTSTRAP, Mirror, RELEASE } from "./debian";
import { MACHINE_CA } from "./host";

/** Debian bookworm's Python. */
const PYTHON = "3.11";

/**
 * What the image has. The first line is what a `python:3-slim` image offers; the second is what that image's Debian has and `extract`, which
 * installs nothing that is not named, would leave out. Brotli is compiled code, so that pip could not install it without a compiler.
 */
const PACKAGES = [
  ...["python3", "python3-pip", "python3-venv", "python3-brotli", "ca-certificates"],
  // What a program needs to reach PostgreSQL: compiled too, and larger than it should be as a package of pip's.
  "libpq5",
  ...[
    "base-files",
    "base-passwd",
    "bash",
    "coreutils",
    "dash",
    "debianutils",
    "findutils",
    "grep",
    "gzip",
    "hostname",
    "libc6",
    "libc-bin",
  ],
  ...["login", "mawk", "media-types", "passwd", "sed", "tar", "tzdata", "util-linux"],
];

/**
 * The files that make it behave like Docker Hub's image: the commands `python` and `pip`, pip free to install, the machine's own certificate
 * authorities for pip and everything else. `extract` runs no maintainer scripts, so that links and the user list are made here.
 */
const SETUP = `set -eu
root=$1
mkdir -p "$root/etc/ssl/certs"
ln -sf python3 "$root/usr/bin/python"
ln -sf dash "$root/bin/sh"
# Python finds a library by its name only where ldconfig has been; foreign processors run it by emulation.
chroot "$root" /sbin/ldconfig
[ -e "$root/usr/bin/awk" ] || ln -s mawk "$root/usr/bin/awk"
rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
[ -e "$root/etc/passwd" ] || cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
[ -e "$root/etc/group" ] || cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
mkdir -p "$root/etc/ssl/certs" "$root/tmp" "$root/root"
chmod 1777 "$root/tmp"
cp "$2" "$root/etc/ssl/certs/ca-certificates.crt"
printf '[global]\\ncert = /etc/ssl/certs/ca-certificates.crt\\n' > "$root/etc/pip.conf"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
`;

/** The image of each platform: one name can be one platform's only. */
const REPOSITORIES: Readonly<Record<Platform, string>> = {
  "linux/arm/v7": "homeport-lab/python",
  "linux/arm64": "homeport-lab/python-arm64",
  "linux/amd64": "homeport-lab/python-amd64",
};

/**
 * The Python base images for some platforms as the stack's settings take them: one reference where there is one platform, else one for each.
 */
export async function providePythonImages(
  engine: Pick<Engine, "docker">,
  cache: Cache,
  mirror: Mirror,
  platforms: readonly Platform[],
  report: Report,
): Promise<PythonImages> {
  const references: [Platform, string][] = [];
  for (const platform of new Set(platforms)) {
    references.push([platform, await providePythonImage(engine, cache, mirror, platform, report)]);
  }
  return pythonSetting(references);
}

/** A reference for all platforms, or one for each. */
export type PythonImages = string | Readonly<Partial<Record<Platform, string>>>;

/** The shortest form of a setting that says the same. */
export function pythonSetting(references: readonly (readonly [Platform, string])[]): PythonImages {
  const [first, ...others] = references;
  return first !== undefined && others.length === 0 ? first[1] : Object.fromEntries(references);
}

/** Makes the Python base image for a platform, unless the engine has it, and gives its reference. */
export async function providePythonImage(
  engine: Pick<Engine, "docker">,
  cache: Cache,
  mirror: Mirror,
  platform: Platform,
  report: Report,
): Promise<string> {
  const { image, debian } = PLATFORMS[platform];
  const authorities = await readFile(MACHINE_CA, "utf8");
  const key = contentKey(
    [
      { name: "setup", text: SETUP },
      { name: "ca", text: authorities },
    ],
    ...PACKAGES,
    mirror.main,
  );
  const reference = `${REPOSITORIES[platform]}:${PYTHON}-${RELEASE}-${key}`;
  const words = Object.values(image).join("-");
  const entry = await cache.keep(`python-${PYTHON}-${words}-${key}`, async (directory) => {
    await installPackages(BOOTSTRAP, report);
    const setup = join(directory, "setup.sh");
    await writeFile(setup, SETUP);
    const layer = join(directory, "layer.tar");
    await run(
      "mmdebstrap",
      [
        `--arch=${debian}`,
        "--variant=extract",
        `--include=${PACKAGES.join(",")}`,
        // The extract variant ends before the customize hooks.
        `--extract-hook=sh '${setup}' "$1" ${MACHINE_CA}`,
        RELEASE,
        layer,
        // One source by name: with the security suite, which mmdebstrap adds by itself, the armhf index did not match its signature.
        `deb ${mirror.main} ${RELEASE} main`,
      ],
      { onLine: report },
    );
    await writeArchive(directory, layer, reference, {
      ...image,
      Env: ["PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
      Cmd: ["python3"],
    });
    await run("rm", ["-r", join(directory, "archive"), setup]);
  });
  if (!(await hasImage(engine.docker, reference))) {
    report(`loading ${reference}`);
    await loadArchive(engine.docker, join(entry, "image.tar"));
  }
  return reference;
}
