import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";

import { Cache } from "../cache";
import { UserError, messageOf } from "../../lib/errors";
import { Tell } from "../packages";
import { run } from "../process";
import { Downloads } from "../settings";
import { Availability, cliUrl } from "./downloads";
import { goBuild } from "./go";
import { LANGUAGE_HOST, PULUMI } from "./versions";

/** The linker's variable in which Pulumi's programs find their version. */
const VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Gives the directory with Pulumi's CLI and its Node language host: downloaded where that works, else built. */
export async function providePulumi(
  cache: Cache,
  downloads: Downloads,
  available: Availability,
  architecture: string,
  tell: Tell,
): Promise<string> {
  const { downloaded, built } = entries(architecture);
  const present = [downloaded, ...(available.pulumi ? [] : [built])].find((name) => cache.has(name));
  if (present !== undefined) {
    return cache.path(present);
  }
  if (available.pulumi) {
    try {
      return await cache.keep(downloaded, (directory) => download(cliUrl(downloads, architecture), directory, tell));
    } catch (error) {
      if (downloads.mode === "always") {
        throw error;
      }
      tell(`the download failed, building instead: ${messageOf(error).split("\n")[0] ?? ""}`);
    }
  }
  return cache.keep(built, (directory) => build(cache, directory, tell));
}

/** The directory with Pulumi's CLI if an earlier run has brought it. */
export function cachedPulumi(cache: Cache, architecture: string): string | undefined {
  const { downloaded, built } = entries(architecture);
  const present = [downloaded, built].find((name) => cache.has(name));
  return present === undefined ? undefined : cache.path(present);
}

/** The names of the two forms in the cache. The vendor's own goes first where both are there. */
function entries(architecture: string): { readonly downloaded: string; readonly built: string } {
  const downloaded = `pulumi-${PULUMI}-${architecture}`;
  return { downloaded, built: `${downloaded}-built` };
}

/** Unpacks a release archive: one folder `pulumi` with all programs in it. */
async function download(url: string, directory: string, tell: Tell): Promise<void> {
  tell(`downloading ${url}`);
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new UserError(`${url} answered ${response.status}`);
  }
  const archive = join(directory, "release.tar.gz");
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(archive));
  const unpacked = join(directory, "unpacked");
  await mkdir(unpacked);
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", unpacked]);
  await run(join(unpacked, "pulumi"), ["version"]);
  await rm(archive);
  for (const name of (await run("ls", [unpacked])).split("\n")) {
    await rename(join(unpacked, name), join(directory, name));
  }
  await rm(unpacked, { recursive: true });
}

async function build(cache: Cache, directory: string, tell: Tell): Promise<void> {
  await goBuild(
    cache,
    {
      module: join(__dirname, "language-host"),
      program: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      variables: { [VERSION]: `v${LANGUAGE_HOST}` },
    },
    join(directory, "pulumi-language-nodejs"),
    tell,
  );
  await goBuild(
    cache,
    {
      module: join(__dirname, "cli"),
      program: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      variables: { [VERSION]: `v${PULUMI}` },
    },
    join(directory, "pulumi"),
    tell,
  );
  await run(join(directory, "pulumi"), ["version"]);
}
