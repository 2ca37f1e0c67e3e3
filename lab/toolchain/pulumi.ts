import { createWriteStream } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";

import { Cache } from "../cache";
import { UserError, messageOf } from "../../lib/errors";
import { Report } from "../progress";
import { run } from "../process";
import { Downloads } from "../settings";
import { Availability, cliUrl } from "./downloads";
import { Cuts, cutModules, withoutLines } from "./cuts";
import { goBuild } from "./go";
import { LANGUAGE_HOST, PULUMI } from "./versions";

/** The linker's variable in which Pulumi's programs find their version. */
const VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The CLI as a Go module. */
const MODULE = "github.com/pulumi/pulumi/pkg/v3";

/** The directory with the go.mod of the CLI's build. */
const RECIPE = join(__dirname, "cli");

const BACKEND = "backend/diy/backend.go";
const COMMANDS = "cmd/pulumi/pulumi.go";
const PATH = `${MODULE}/cmd/pulumi`;
const RESOURCES = "operations/resources.go";

/**
 * Pulumi's CLI without what the lab never uses: state in buckets, keys and logs of clouds (their clients are half of the build), and the commands
 * for Pulumi Cloud, policies, packages and other languages' programs. What it keeps deploys, and looks after a stack and its settings.
 */
const CUTS: readonly Cuts[] = [
  {
    module: MODULE,
    files: "pkg",
    added: ["absent/absent.go"],
    removed: [
      ...["aws", "cloud_aws", "gcp"].map((name) => `operations/operations_${name}.go`),
      ...["", "_add", "_init", "_list", "_remove"].map((name) => `cmd/pulumi/config/config_env${name}.go`),
    ],
    edits: [
      ...withoutLines(BACKEND, [
        '_ "gocloud.dev/blob/azureblob" // driver for azblob://',
        '"gocloud.dev/blob/gcsblob"     // driver for gs://',
        '_ "gocloud.dev/blob/s3blob"    // driver for s3://',
      ]),
      { file: BACKEND, from: "gcsblob.Scheme", to: '"gs"' },
      {
        file: "backend/diy/bucket.go",
        from: 'awss3 "github.com/aws/aws-sdk-go-v2/service/s3"',
        to: `awss3 "${MODULE}/absent"`,
      },
      { file: RESOURCES, from: "\tswitch ops.resource.State.Type.Package() {", to: '\tswitch "none of them" {' },
      ...[
        "CloudOperationsProvider(ops.config, ops.resource)",
        "AWSOperationsProvider(ctx, ops.config, ops.resource)",
        "GCPOperationsProvider(ctx, ops.config, ops.resource)",
      ].map((from) => ({ file: RESOURCES, from, to: "nil, nil" })),
      ...["cmd/pulumi/config/config.go", "cmd/pulumi/config/io.go"].map((file) => ({
        file,
        from: '\t"github.com/pulumi/esc/cmd/esc/cli"\n',
        to: `\tcli "${MODULE}/absent"\n`,
      })),
      ...withoutLines("cmd/pulumi/config/config.go", ["cmd.AddCommand(newConfigEnvCmd(ws, &stack, &configFile))"]),
      ...["cmd/pulumi/cmd/cmd.go", "cmd/pulumi/cmd/exit_codes.go"].flatMap((file) => [
        ...withoutLines(file, [`"${PATH}/cloud"`]),
        { file, from: /\tvar apiErr \*cloud\.APIError\n\tif [^{]*\{\n[^\n]*\n\t\}\n/g, to: "" },
      ]),
      ...withoutLines(COMMANDS, [
        ...["clispec", "cloud", "console", "convert", "deployment"].map((name) => `"${PATH}/${name}"`),
        ...[`cmdDo "${PATH}/do"`, `cmdEnv "${PATH}/env"`],
        ...["events", "insights", "install", "logs", "markdown", "neo", "org"].map((name) => `"${PATH}/${name}"`),
        ...["packagecmd", "policy", "project", "project/newcmd", "schema"].map((name) => `"${PATH}/${name}"`),
        ...["templatecmd", "trace"].map((name) => `"${PATH}/${name}"`),
        "newcmd.NewNewCmd(),",
        "console.NewConsoleCmd(pkgWorkspace.Instance),",
        "install.NewInstallCmd(pkgWorkspace.Instance),",
        "cmdEnv.NewEnvCmd(),",
        "org.NewOrgCmd(),",
        "project.NewProjectCmd(),",
        "deployment.NewDeploymentCmd(pkgWorkspace.Instance),",
        "cloud.NewAPICmd(),",
        "insights.NewInsightsCmd(),",
        "cmdDo.NewDoCmd(cmdBackend.DefaultLoginManager, pkgWorkspace.Instance, nil, nil, nil),",
        "policy.NewPolicyCmd(),",
        "schema.NewSchemaCmd(),",
        "packagecmd.NewPackageCmd(),",
        "markdown.NewGenMarkdownCmd(cmd),",
        "convert.NewConvertCmd(cmdBackend.DefaultLoginManager, pkgWorkspace.Instance),",
        "logs.NewLogsCmd(pkgWorkspace.Instance),",
        "templatecmd.NewTemplateCmd(),",
        "trace.NewViewTraceCmd(),",
        "trace.NewConvertTraceCmd(),",
        "events.NewReplayEventsCmd(),",
        "events.NewEventsCmd(),",
        "clispec.NewGenCLISpecCmd(cmd),",
        "neo.NewNeoCmd(),",
      ]),
    ],
  },
];

/** Gives the directory with Pulumi's CLI and its Node language host: downloaded where that works, else built. */
export async function providePulumi(
  cache: Cache,
  downloads: Downloads,
  available: Availability,
  architecture: string,
  report: Report,
): Promise<string> {
  const { downloaded, built } = entries(architecture);
  const present = [downloaded, ...(available.pulumi ? [] : [built])].find((name) => cache.has(name));
  if (present !== undefined) {
    return cache.path(present);
  }
  if (available.pulumi) {
    try {
      return await cache.keep(downloaded, (directory) => download(cliUrl(downloads, architecture), directory, report));
    } catch (error) {
      if (downloads.mode === "always") {
        throw error;
      }
      report(`the download failed, building instead: ${messageOf(error).split("\n")[0] ?? ""}`);
    }
  }
  return cache.keep(built, (directory) => build(cache, directory, report));
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
async function download(url: string, directory: string, report: Report): Promise<void> {
  report(`downloading ${url}`);
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

async function build(cache: Cache, directory: string, report: Report): Promise<void> {
  await goBuild(
    cache,
    {
      module: join(__dirname, "language-host"),
      program: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      variables: { [VERSION]: `v${LANGUAGE_HOST}` },
    },
    join(directory, "pulumi-language-nodejs"),
    report,
  );
  const work = join(directory, "work");
  await cp(RECIPE, work, { recursive: true });
  await cutModules(cache, work, CUTS, report);
  await goBuild(
    cache,
    {
      module: work,
      program: PATH,
      variables: { [VERSION]: `v${PULUMI}` },
    },
    join(directory, "pulumi"),
    report,
  );
  await rm(work, { recursive: true });
  await run(join(directory, "pulumi"), ["version"]);
}
