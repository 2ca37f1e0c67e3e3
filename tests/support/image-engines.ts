import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import * as path from "node:path";

import { sshEnvironment } from "../../components/machine/ssh-environment";
import { writeFiles } from "./directory";
import { HOST } from "./fixtures";
import { FakePrograms } from "./script-run";
import { Ended } from "./tools";

/** An engine as files: `here` is the workstation's, `there` the server's. What was loaded is in `loaded-1`, `loaded-2` and so on. */
const DOCKER = `engine=$FAKES/\${ENGINE:-here}
mkdir -p "$engine"
case "$1 $2" in
  "image inspect")
    case $4 in
      "layers{{"*) cat "$engine/others" ; exit ;;
    esac
    [ "$5" = "$(cat "$engine/name" 2>/dev/null)" ] || exit 1
    case $4 in
      "id {{"*) echo "id $(cat "$engine/id")" ;;
      *Architecture*) cat "$engine/platform" ;;
      *Size*) echo 81500000 ;;
      *Layers*) echo "$(cat "$engine/id") $(cat "$engine/layers")" ;;
    esac ;;
  "image ls") [ ! -e "$engine/others" ] || echo sha256:of-an-image ;;
  "info --format") case $3 in store*) printf 'store ' ;; esac; echo "$(cat "$engine/store")" ;;
  "version --format") cat "$engine/engine-platform" ;;
  "pull --quiet") printf '%s' "$3" >"$engine/pulled" ;;
  "load --quiet")
    loaded=$engine/loaded-1
    [ ! -e "$loaded" ] || loaded=$engine/loaded-2
    mkdir "$loaded"
    tar -xf - -C "$loaded" || exit 1
    if [ -e "$engine/whole-only" ]; then
      for file in $(tr -d '[]{}"' <"$loaded/manifest.json" | tr ',:' '  '); do
        case $file in blobs/* | */layer.tar) [ -e "$loaded/$file" ] || { echo "open $file: no such file" >&2; exit 1; } ;; esac
      done
    fi
    [ -e "$engine/deaf" ] || cp "$FAKES/here/name" "$FAKES/here/layers" "$engine"
    [ -e "$engine/deaf" ] || cat "$FAKES/id-there" >"$engine/id" ;;
  "save "*) cd "$engine/archive" && tar -cf - * ;;
  *) echo "unexpected: docker $*" >&2; exit 64 ;;
esac
`;

/** As sshd does: the words after the login are one line for the server's shell, and that one starts sh for what is noted. */
const SSH = `while [ "$1" != "$TARGET" ]; do shift; done
shift
line=$*
eval "set -- $line"
printf '%s\\n' "$4" | tr ';' '\\n' >>"$FAKES/asked"
ENGINE=there exec sh -c "$line"
`;

/** Present, but of no use. */
const NO_ZSTD = "exit 1\n";

/** As `docker info` describes Docker's own store. */
export const DOCKER_STORE = "overlay2 [[Backing Filesystem extfs] [Supports d_type true]]";

/** The same for what containerd keeps. */
export const CONTAINERD_STORE = "overlayfs [[driver-type io.containerd.snapshotter.v1]]";

/** A layer of an image: what it holds, and the file it is in. A link leads to another's file. */
export interface FakeLayer {
  readonly diffId: string;
  readonly file: string;
  readonly linkTo?: string;
}

/** The image on the workstation, as its engine's archive has it. */
export interface FakeImage {
  /** The engine's id of it. */
  readonly id: string;
  /** Path of the configuration in the archive. */
  readonly config: string;
  readonly layers: readonly FakeLayer[];
  readonly platform?: string;
  /** Over what `docker save` would write. */
  readonly manifest?: string;
}

/** What the two engines have, and what befalls. */
export interface Engines {
  readonly image: string;
  readonly here?: FakeImage | undefined;
  readonly there?: { readonly id: string } | undefined;
  /** Layers of each image that the server has, by what they hold. Default: it has no image. */
  readonly others?: readonly (readonly string[])[];
  readonly pull?: boolean;
  /** Stores of the engines. Default: Docker's own. */
  readonly storeHere?: string;
  readonly storeThere?: string;
  /** The id that the server gives to what it has loaded. Default: the workstation's. */
  readonly idThere?: string;
  /** True: the server takes the stream and has no image afterwards. */
  readonly deaf?: boolean;
  /** True: the server refuses an archive that lacks a layer. */
  readonly wholeOnly?: boolean;
  readonly programs?: Readonly<Record<string, string>>;
}

/** Runs the script on two played engines. */
export function shipImage(root: string, engines: Engines): { readonly ended: Ended; readonly fakes: FakePrograms } {
  const fakes = new FakePrograms(root, { docker: DOCKER, ssh: SSH, zstd: NO_ZSTD, ...engines.programs });
  const { here, there, others, image } = engines;
  const platform = here?.platform ?? "linux/arm";
  writeFiles(`${fakes.directory}/here`, {
    store: engines.storeHere ?? DOCKER_STORE,
    ...(here ? { name: image, id: here.id, platform, layers: here.layers.map(({ diffId }) => diffId).join(" ") } : {}),
  });
  if (here) writeArchive(`${fakes.directory}/here/archive`, here, image);
  writeFiles(`${fakes.directory}/there`, {
    store: engines.storeThere ?? DOCKER_STORE,
    "engine-platform": "linux/arm",
    ...(others ? { others: others.map((layers) => `layers ${layers.join(" ")}\n`).join("") } : {}),
    ...(there ? { name: image, id: there.id, platform: "linux/arm", layers: "" } : {}),
    ...(engines.deaf === true ? { deaf: "" } : {}),
    ...(engines.wholeOnly === true ? { "whole-only": "" } : {}),
  });
  writeFiles(fakes.directory, { "id-there": engines.idThere ?? here?.id ?? "" });
  mkdirSync(path.join(fakes.directory, "tmp"));
  const ended = fakes.run("docker/ship-image.sh", {
    ...sshEnvironment({ address: HOST }),
    HOST: "pi",
    IMAGE: image,
    PULL: engines.pull === true ? "yes" : "no",
    TMPDIR: path.join(fakes.directory, "tmp"),
  });
  return { ended, fakes };
}

function writeArchive(directory: string, { config, layers, manifest }: FakeImage, name: string): void {
  const linked = layers.filter(({ linkTo }) => linkTo !== undefined);
  const whole = layers.filter(({ linkTo }) => linkTo === undefined);
  writeFiles(directory, {
    "manifest.json":
      manifest ??
      `${JSON.stringify([{ Config: config, RepoTags: [name], Layers: layers.map(({ file }) => file), LayerSources: {} }])}\n`,
    [config]: "{}",
    ...Object.fromEntries(whole.map(({ file, diffId }) => [file, `layer ${diffId}`])),
  });
  for (const { file, linkTo } of linked) {
    const at = path.join(directory, file);
    mkdirSync(path.dirname(at), { recursive: true });
    symlinkSync(linkTo ?? "", at);
  }
}

/** The files that the server was sent the first or the second time; undefined where there was no such time. */
export function loaded(fakes: FakePrograms, time: 1 | 2 = 1): string[] | undefined {
  const directory = path.join(fakes.directory, `there/loaded-${time}`);
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    return undefined;
  }
}
