import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";

import dockerignore from "@balena/dockerignore";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { HostAccess, script, sshEnvironment } from "../machine";
import { UserError } from "../../lib/errors";

export interface AppImageArgs {
  /** Directory of the build context. */
  readonly context: string;
  /** Path of the Dockerfile from the context; it may lie outside. */
  readonly dockerfile: string;
  readonly platform: string;
  /** Build argument PYTHON_IMAGE. */
  readonly pythonImage: string;
  /** Further build arguments, by name. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Name without tag. */
  readonly repository: string;
}

/** The application's image, built on the workstation's engine. Its tag is a digest of its content, so that new content is a new image. */
export class AppImage extends pulumi.ComponentResource {
  /** `repository:digest`; known at preview. */
  public readonly reference: pulumi.Output<string>;

  public constructor(name: string, args: AppImageArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:AppImage", name, {}, opts);
    const reference = `${args.repository}:${contentDigest(args)}`;
    const image = new docker.Image(
      `${name}-image`,
      {
        imageName: reference,
        build: {
          context: args.context,
          dockerfile: path.join(args.context, args.dockerfile),
          platform: args.platform,
          args: { ...args.buildArgs, PYTHON_IMAGE: args.pythonImage },
          builderVersion: docker.BuilderVersion.BuilderBuildKit,
        },
        skipPush: true,
      },
      { parent: this },
    );
    this.reference = image.imageName;
    this.registerOutputs({ reference: this.reference });
  }
}

/** An image to transfer to servers. */
export interface ImageSource {
  readonly reference: pulumi.Input<string>;
  /** True where the image is in a registry: the server may pull it. */
  readonly pull: boolean;
}

/** The application's image: built here or, where `image` names one, from its registry. */
export function imageSource(name: string, args: AppImageArgs & { readonly image?: string | undefined }): ImageSource {
  const { image, ...build } = args;
  return image === undefined
    ? { reference: new AppImage(name, build).reference, pull: false }
    : { reference: image, pull: true };
}

export interface ImageTransferArgs extends ImageSource {
  readonly host: HostAccess;
}

/** Sends an image from the workstation's engine to a server's, over ssh and without a registry, without the layers that the server has. */
export function imageTransfer(
  name: string,
  args: ImageTransferArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const send = script("docker/ship-image.sh");
  return new command.local.Command(
    name,
    {
      create: send,
      update: send,
      environment: {
        ...sshEnvironment(args.host),
        HOST: args.host.address.name,
        IMAGE: args.reference,
        PULL: args.pull ? "yes" : "no",
        // A server that was reinstalled has lost its images.
        REVISION: args.host.revision,
      },
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}

/** Characters of the digest in a tag: 64 bits are enough to tell your builds apart. */
const TAG_LENGTH = 16;

/** The digest of all that goes into the image: names, kinds and bytes of the context (without what `.dockerignore` excludes), Dockerfile, platform, base and build arguments. */
export function contentDigest({
  context,
  dockerfile,
  platform,
  pythonImage,
  buildArgs,
}: Omit<AppImageArgs, "repository">): string {
  const hash = createHash("sha256").update(`${platform}\n${pythonImage}\n${dockerfile}\n`);
  for (const [name, value] of Object.entries(buildArgs).sort()) hash.update(`${name} ${value.length}\n${value}\n`);
  // The Dockerfile is sent even where it is outside the context or ignored.
  for (const file of new Set([...contextFiles(context), path.normalize(dockerfile)])) {
    const { kind, bytes } = content(path.join(context, file), file);
    hash.update(`${file}\n${kind} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex").slice(0, TAG_LENGTH);
}

function content(at: string, name: string): { readonly kind: string; readonly bytes: Buffer } {
  try {
    const state = lstatSync(at);
    if (state.isSymbolicLink()) return { kind: "link", bytes: Buffer.from(readlinkSync(at)) };
    return { kind: state.mode & 0o111 ? "executable" : "file", bytes: readFileSync(at) };
  } catch (error) {
    throw new UserError(`app/context: cannot read ${name} for the image: ${reason(error)}`);
  }
}

function contextFiles(context: string): string[] {
  try {
    const rules = path.join(context, ".dockerignore");
    const ignored = dockerignore().add(existsSync(rules) ? readFileSync(rules, "utf8") : "");
    return readdirSync(context, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => path.relative(context, path.join(entry.parentPath, entry.name)))
      .filter((file) => !ignored.ignores(file))
      .sort();
  } catch (error) {
    throw new UserError(`app/context: cannot read ${context}: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
