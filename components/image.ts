import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";

import dockerignore from "@balena/dockerignore";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { UserError } from "./errors";
import { HostAccess } from "./host/host-access";
import { script } from "./host/scripts";
import { sshEnvironment } from "./host/ssh-environment";

export interface AppImageArgs {
  /** Directory with the Dockerfile. */
  readonly context: string;
  readonly platform: string;
  /** Build argument PYTHON_IMAGE. */
  readonly pythonImage: string;
  /** Name without tag. */
  readonly repository: string;
}

/** The application's image, built on the workstation's engine. Its tag is a digest of what it is made of, so that new content is a new image. */
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
          dockerfile: path.join(args.context, "Dockerfile"),
          platform: args.platform,
          args: { PYTHON_IMAGE: args.pythonImage },
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

export interface ImageTransferArgs {
  readonly reference: pulumi.Input<string>;
  readonly host: HostAccess;
  readonly knownHostsFile: string;
  /** True where the image is in a registry that the server can reach: what the workstation lacks is pulled there. */
  readonly pull: boolean;
}

/** Brings an image from the workstation's engine to a server's, over ssh and without a registry. */
export function imageTransfer(
  name: string,
  args: ImageTransferArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const send = script("ship-image.sh");
  return new command.local.Command(
    name,
    {
      create: send,
      update: send,
      environment: {
        ...sshEnvironment(args.host.address, args.knownHostsFile),
        IMAGE: args.reference,
        PULL: args.pull ? "yes" : "no",
        // A server that was set up anew has lost its images.
        REVISION: args.host.revision,
      },
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}

/** Characters of the digest in a tag: 64 bits are enough to tell a person's own builds apart. */
const TAG_LENGTH = 16;

/** The digest of everything that goes into the image: names, kinds and bytes of the context (less what `.dockerignore` names), platform and base. */
export function contentDigest({ context, platform, pythonImage }: Omit<AppImageArgs, "repository">): string {
  const hash = createHash("sha256").update(`${platform}\n${pythonImage}\n`);
  for (const file of contextFiles(context)) {
    const at = path.join(context, file);
    const state = lstatSync(at);
    const bytes = state.isSymbolicLink() ? Buffer.from(readlinkSync(at)) : readFileSync(at);
    hash
      .update(
        `${file}\n${state.isSymbolicLink() ? "link" : state.mode & 0o111 ? "executable" : "file"} ${bytes.length}\n`,
      )
      .update(bytes);
  }
  return hash.digest("hex").slice(0, TAG_LENGTH);
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
    throw new UserError(
      `app/context: cannot read ${context}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
