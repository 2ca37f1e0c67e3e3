import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../../../lab/cache";
import { installPackages } from "../../../lab/engine/apt";
import { hasImage, loadArchive, writeArchive } from "../../../lab/images/archive";
import { contentKey } from "../../../lab/images/build";
import { BOOTSTRAP, machineMirror, Release } from "../../../lab/images/debian";
import { MACHINE_CA } from "../../../lab/images/host";
import { Platform, PLATFORMS } from "../../../lab/platform";
import { run } from "../../../lab/process";
import { Lab } from "../lab";
import { pythonImages } from "../lab-python";
import { ProjectKind } from "./make";

/** Debian's release with Python 3.13: Wagtail's requirements name a Django that wants 3.12 at least. */
const NEWER: Release = "trixie";

/** What Docker Hub's `python:3-slim` has of Debian, as far as a Dockerfile needs it, apt among it. */
const PACKAGES = ["python3", "python3-pip", "python3-venv", "ca-certificates"];

/** Makes it behave like that image: the command `python`, pip free to install, the machine's own certificate authorities. */
const SETUP = `set -eu
root=$1
ln -sf python3 "$root/usr/bin/python"
rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
cp "$2" "$root/etc/ssl/certs/ca-certificates.crt"
printf '[global]\\ncert = /etc/ssl/certs/ca-certificates.crt\\n' >"$root/etc/pip.conf"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
`;

/** The image that takes the place of Docker Hub's Python in a project's Dockerfile; undefined where Docker Hub is used, or the project has none. */
export async function baseOf(lab: Lab, kind: ProjectKind): Promise<string | undefined> {
  if (kind !== "guide" && kind !== "wagtail") return undefined;
  const [pi] = (await lab.stack.setting("homeport:servers")) as readonly { readonly platform: Platform }[];
  if (pi === undefined) throw new Error("the lab has no server");
  const { python } = await pythonImages(lab, pi.platform);
  return python === undefined || kind === "guide" ? python : provideNewerPython(lab, pi.platform);
}

/** Makes a Debian with Python and apt, unless the engine has it, and gives its reference. */
async function provideNewerPython({ docker, settings }: Lab, platform: Platform): Promise<string> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const { main } = await machineMirror(report);
  const { image, debian } = PLATFORMS[platform];
  const key = contentKey([{ name: "setup", text: SETUP }], await readFile(MACHINE_CA, "utf8"), ...PACKAGES, main);
  const name = `python-apt-${NEWER}-${debian}`;
  const reference = `homeport-lab/${name}:${key}`;
  const entry = await new Cache(settings.cache).keep(`${name}-${key}`, async (directory) => {
    await installPackages(BOOTSTRAP, report);
    const [setup, layer] = [join(directory, "setup.sh"), join(directory, "layer.tar")];
    await writeFile(setup, SETUP);
    const options = ["--variant=minbase", `--arch=${debian}`, `--include=${PACKAGES.join(",")}`];
    await run(
      "mmdebstrap",
      [...options, `--customize-hook=sh '${setup}' "$1" ${MACHINE_CA}`, NEWER, layer, `deb ${main} ${NEWER} main`],
      { onLine: report },
    );
    await writeArchive(directory, layer, reference, { ...image, Env: ENVIRONMENT, Cmd: ["python3"] });
    await run("rm", ["-r", join(directory, "archive"), setup]);
  });
  if (!(await hasImage(docker, reference))) await loadArchive(docker, join(entry, "image.tar"));
  return reference;
}

const ENVIRONMENT = ["PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];
