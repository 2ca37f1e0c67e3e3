import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { HostAccess, script, sshEnvironment } from "../machine";
import { messageOf, UserError } from "../../lib/errors";
import { Build, BuildSources, buildPlace } from "./build-place";
import { ContextEntry, contextEntries, hashEntries, ignoreFile } from "./context";
import { contextWarnings } from "./context-warnings";

export interface AppImageArgs extends BuildSources {
  /** The stage of the Dockerfile that is built; undefined: the last. */
  readonly target?: string | undefined;
}

/** The application's image, built on the workstation's engine. Its tag is a digest of its content, so that new content is a new image. */
export class AppImage extends pulumi.ComponentResource {
  /** `repository:digest`; known at preview. */
  public readonly reference: pulumi.Output<string>;

  public constructor(name: string, args: AppImageArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:AppImage", name, {}, opts);
    const { repository, platform, target } = args;
    const { written, ...build } = buildPlace(args);
    const entries = contextEntries(build);
    if (written !== undefined) sayOnce("info", written);
    // As the settings name the folder.
    const { context } = args;
    const rules = written === undefined ? ignoreFile({ ...build, context }) : path.join(context, ".dockerignore");
    for (const warning of contextWarnings(build, entries, rules)) sayOnce("warn", warning);
    const image = new docker.Image(
      `${name}-image`,
      {
        imageName: `${repository}:${contentDigest({ ...build, platform, target }, entries)}`,
        build: {
          ...{ context: build.context, dockerfile: build.dockerfile, platform, args: build.buildArgs },
          ...(target === undefined ? {} : { target }),
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

const said = new Set<string>();

// An image is built for each platform from the same context.
function sayOnce(how: "info" | "warn", text: string): void {
  if (said.has(text)) return;
  said.add(text);
  void pulumi.log[how](text);
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

/** What decides the content of an image. */
export interface ImageContent extends Omit<Build, "written"> {
  readonly platform: string;
  readonly target?: string | undefined;
}

/**
 * The digest of all that goes into the image: what Docker sends of the context, the Dockerfile's text, platform, stage and build arguments. Where Dockerfile and
 * context lie does not count, so that it is the same on each of your workstations.
 */
export function contentDigest(
  { context, dockerfile, platform, target = "", buildArgs }: ImageContent,
  entries: readonly ContextEntry[],
): string {
  const hash = createHash("sha256").update(`${platform}\n${target}\n`);
  for (const [name, value] of Object.entries(buildArgs).sort()) hash.update(`${name} ${value.length}\n${value}\n`);
  // The Dockerfile is sent even where it is outside the context or ignored.
  const text = dockerfileText(dockerfile);
  hash.update(`${text.length}\n`).update(text);
  hashEntries(hash, context, entries);
  return hash.digest("hex").slice(0, TAG_LENGTH);
}

function dockerfileText(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`app.dockerfile: cannot read the Dockerfile: ${messageOf(error)}`);
  }
}
