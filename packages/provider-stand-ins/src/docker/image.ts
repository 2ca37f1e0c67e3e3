import { statSync } from "node:fs";
import path from "node:path";

import type {
  CheckRequest,
  CheckResult,
  Context,
  CreateRequest,
  Created,
  DiffKind,
  DiffRequest,
  DiffResult,
  Resource,
  UpdateRequest,
} from "../support/resource";
import type { PropertyMap, PropertyValue } from "../support/values";
import { hasUnknown, isMap, isUnknown, plain, plainMap, sameValue, secret } from "../support/values";
import { BuildContext } from "./build-context";
import type { DockerHost } from "./docker-host";
import { messageOf } from "./failure";
import { buildImage } from "./image-build";
import { blockOf, flagOf, mapOf, textOf, textsOf, wordOf } from "./properties";

/** Where the state keeps the checked inputs: the image's own diff is between those, not between outputs. */
const INPUTS = "__inputs";

/** Node's names of processors that Go calls otherwise. */
const ARCHITECTURES: Readonly<Partial<Record<string, string>>> = { x64: "amd64", ia32: "386" };

/** docker:index/image:Image, built on the provider's own Docker and never pushed: the lab has no registry. */
export class Image implements Resource {
  constructor(private readonly host: DockerHost) {}

  check({ news }: CheckRequest, context: Context): CheckResult {
    const inputs: PropertyMap = { ...plainMap(news), buildOnPreview: false };
    if (typeof news.buildOnPreview === "boolean") inputs.buildOnPreview = news.buildOnPreview;
    if (isUnknown(inputs.build)) return { inputs };
    const build = { ...blockOf(inputs, "build") };
    if (!isUnknown(build.context)) build.context = textOf(build, "context") ?? ".";
    if (!isUnknown(build.dockerfile) && textOf(build, "dockerfile") === undefined && !isUnknown(build.context)) {
      // Without a build of any kind the Dockerfile is sought in the working directory.
      build.dockerfile = path.posix.join(blockOf(inputs, "build") ? wordOf(build, "context") : "", "Dockerfile");
    }
    checkBuilder(build);
    if (!hasUnknown(build.context) && !hasUnknown(build.dockerfile)) {
      build.contextDigest = digestOf(wordOf(build, "context"), wordOf(build, "dockerfile"));
    }
    build.platform ??= defaultPlatform(context);
    if (!flagOf(inputs, "skipPush")) checkPush(inputs);
    return { inputs: { ...inputs, build } };
  }

  diff({ olds, oldInputs, news }: DiffRequest): DiffResult {
    const kept = INPUTS in olds ? plain(olds[INPUTS] ?? {}) : plainMap(oldInputs);
    const before = isMap(kept) ? kept : {};
    const after = plainMap(news);
    const detailedDiff: Record<string, DiffKind> = {};
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (sameValue(before[name] ?? null, after[name] ?? null)) continue;
      detailedDiff[name] =
        (before[name] ?? null) === null ? "add" : (after[name] ?? null) === null ? "delete" : "update";
    }
    // The real provider names no property outside the detailed diff.
    return Object.keys(detailedDiff).length === 0 ? { changes: "none" } : { changes: "some", detailedDiff };
  }

  async create({ inputs, preview }: CreateRequest, context: Context): Promise<Created> {
    const given = plainMap(inputs);
    if (preview && !buildsAtPreview(given)) return { id: "", outputs: given };
    return { id: textOf(given, "imageName") ?? "", outputs: await this.build(given, context) };
  }

  async update({ news, preview }: UpdateRequest, context: Context): Promise<PropertyMap> {
    const given = plainMap(news);
    return preview && !buildsAtPreview(given) ? given : this.build(given, context);
  }

  private async build(inputs: PropertyMap, context: Context): Promise<PropertyMap> {
    if (!flagOf(inputs, "skipPush")) {
      throw new Error("the lab's stand-in for the docker plugin pushes no image: set skipPush, or use the real plugin");
    }
    const build = blockOf(inputs, "build") ?? {};
    const directory = textOf(build, "context") ?? ".";
    const dockerfile = textOf(build, "dockerfile") ?? path.posix.join(directory, "Dockerfile");
    const name = textOf(inputs, "imageName") ?? "";
    const from = new BuildContext(directory, dockerfile);
    const docker = await this.host.client();
    const options = {
      name,
      platform: textOf(build, "platform"),
      target: textOf(build, "target"),
      network: textOf(build, "network"),
      args: mapOf(build, "args"),
      hosts: textsOf(build, "addHosts"),
      buildKit: build.builderVersion !== "BuilderV1",
    };
    const repoDigest = await buildImage(docker, from, options, (line) => {
      context.log("info", line, true);
    });
    return {
      dockerfile: from.relativeDockerfile,
      context: directory,
      baseImageName: name,
      registryServer: "",
      imageName: name,
      platform: textOf(build, "platform") ?? "",
      repoDigest,
      [INPUTS]: secret(inputs),
    };
  }
}

function checkBuilder(build: PropertyMap): void {
  const version = build.builderVersion ?? "BuilderBuildKit";
  if (isUnknown(version) || version === "BuilderBuildKit" || version === "BuilderV1") return;
  throw new Error("invalid Docker Builder version");
}

/** Finds the Dockerfile as the real provider does, with its words where it is not there. */
function digestOf(context: string, dockerfile: string): string {
  const fault = missing(dockerfile);
  if (fault === undefined) return new BuildContext(context, dockerfile).digest();
  if (path.isAbsolute(dockerfile)) {
    throw new Error(`expected a relative Dockerfile path; got "${dockerfile}" instead: ${fault}`);
  }
  const within = path.posix.join(context, dockerfile);
  const start = `could not open dockerfile at relative path "${dockerfile}"`;
  if (missing(within) !== undefined) throw new Error(`${start}: ${fault}`);
  throw new Error(`${start}. Try setting \`dockerfile\` to "${within}"`);
}

/** Why a file cannot be looked at, in Go's words; undefined when it can. */
function missing(file: string): string | undefined {
  try {
    statSync(file);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT" ? "no such file or directory" : code === "EACCES" ? "permission denied" : messageOf(error);
    return `stat ${file}: ${reason}`;
  }
}

function defaultPlatform(context: Context): string {
  const platform = `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;
  context.log(
    "info",
    `Building your image for ${platform} architecture.\n` +
      "To ensure you are building for the correct platform, consider explicitly setting the `platform` field on ImageBuildOptions.",
  );
  return platform;
}

/** Only a fully qualified name can be pushed. */
function checkPush(inputs: PropertyMap): void {
  const name = textOf(inputs, "imageName");
  if (name === undefined || isMap(inputs.registry) || /^([^/]*[.:][^/]*|localhost)\//.test(name)) return;
  throw new Error(
    `"${name}": repository name must be canonical.\nThis resource requires all image names to be fully qualified.\n` +
      "For example, if you are attempting to push to Dockerhub, prefix your image name with `docker.io`:\n\n" +
      "`docker.io/repository/image:tag`",
  );
}

function buildsAtPreview(inputs: PropertyMap): boolean {
  const build: PropertyValue = inputs.build ?? null;
  if (inputs.buildOnPreview === false || isUnknown(inputs.buildOnPreview) || !isMap(build)) return false;
  return ![build.dockerfile, build.context, build.args, inputs.imageName].some(hasUnknown);
}
