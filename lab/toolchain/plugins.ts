import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { messageOf } from "../../lib/errors";
import { quote } from "../../lib/quote";
import { Instance } from "../instance";
import { Report } from "../progress";
import { run } from "../process";
import { Downloads } from "../settings";
import { Availability } from "./downloads";

/** The providers the program uses. */
export const PROVIDERS = ["command", "docker", "cloudflare", "random", "tls"] as const;

/** A provider plugin in the version of its npm package. */
export interface Plugin {
  readonly name: (typeof PROVIDERS)[number];
  readonly version: string;
}

/** The plugins that belong to the checkout's npm packages. */
export async function wantedPlugins(checkout: string): Promise<Plugin[]> {
  return Promise.all(
    PROVIDERS.map(async (name) => {
      const text = await readFile(join(checkout, "node_modules", "@pulumi", name, "package.json"), "utf8");
      const { pulumi, version } = JSON.parse(text) as { version: string; pulumi?: { version?: string } };
      return { name, version: pulumi?.version ?? version };
    }),
  );
}

/**
 * Puts the provider plugins into an instance's PULUMI_HOME: the real ones where they can be downloaded, else the stand-ins of this checkout.
 * Real ones that are there already, from wherever, stay.
 * Gives the names of those for which a stand-in serves.
 */
export async function providePlugins(
  instance: Instance,
  cache: Cache,
  downloads: Downloads,
  available: Availability,
  cli: string,
  report: Report,
): Promise<string[]> {
  const directory = join(instance.directory, "pulumi-home", "plugins");
  await mkdir(directory, { recursive: true });
  const plugins = await wantedPlugins(instance.checkout);
  await removeOldStandIns(directory, plugins);
  const standIns: string[] = [];
  for (const plugin of plugins) {
    const target = join(directory, directoryName(plugin));
    if (existsSync(target) && !(await isStandIn(target))) {
      continue;
    }
    const real = available.pulumi ? await download(plugin, cache, downloads, cli, report) : undefined;
    const unfinished = join(directory, "unfinished");
    await rm(unfinished, { recursive: true, force: true });
    if (real === undefined) {
      await writeStandIn(instance, plugin, unfinished);
      standIns.push(plugin.name);
    } else {
      // Pulumi does not follow links among its plugins.
      await run("cp", ["-a", real, unfinished]);
    }
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
  }
  return standIns;
}

/** The package of the stand-ins, from the root of the checkout. */
const STAND_INS = join("packages", "provider-stand-ins");

/** Marks a stand-in's directory. A plugin without it was downloaded or installed by you, and stays. */
const STAND_IN = "STAND-IN";

async function isStandIn(directory: string): Promise<boolean> {
  return (await readdir(directory)).includes(STAND_IN);
}

/** Pulumi would pick a stand-in of an older version where any version will do. */
async function removeOldStandIns(directory: string, plugins: readonly Plugin[]): Promise<void> {
  const wanted = new Set(plugins.map(directoryName));
  const entries = await readdir(directory, { withFileTypes: true });
  const others = entries.filter((entry) => entry.isDirectory() && !wanted.has(entry.name));
  for (const path of others.map((entry) => join(directory, entry.name))) {
    if (await isStandIn(path)) {
      await rm(path, { recursive: true });
    }
  }
}

function directoryName({ name, version }: Plugin): string {
  return `resource-${name}-v${version}`;
}

/** Downloads a plugin by Pulumi's own means, into the cache. Undefined if that fails; then the stand-in serves. */
async function download(
  plugin: Plugin,
  cache: Cache,
  downloads: Downloads,
  cli: string,
  report: Report,
): Promise<string | undefined> {
  const { name, version } = plugin;
  try {
    report(`pulumi plugin install resource ${name} ${version}`);
    const entry = await cache.keep(`plugin-${name}-${version}`, async (home) => {
      const server = ["--server", `${downloads.pulumi}/plugins`];
      await run(join(cli, "pulumi"), ["plugin", "install", "resource", name, version, ...server], {
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
        onLine: report,
      });
    });
    return join(entry, "plugins", directoryName(plugin));
  } catch (error) {
    if (downloads.mode === "always") {
      throw error;
    }
    report(
      `the plugin ${name} ${version} could not be downloaded, a stand-in serves: ${messageOf(error).split("\n")[0] ?? ""}`,
    );
    return undefined;
  }
}

async function writeStandIn(instance: Instance, { name, version }: Plugin, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const launcher = join(target, `pulumi-resource-${name}`);
  const command = `exec sh ${quote(join(instance.checkout, STAND_INS, "launch.sh"))} ${name} "$@"`;
  await writeFile(launcher, `#!/bin/sh\n${command}\n`);
  await chmod(launcher, 0o755);
  await writeFile(join(target, "PulumiPlugin.yaml"), `name: ${name}\nversion: ${version}\n`);
  await writeFile(
    join(target, STAND_IN),
    `Made by \`npm run lab\` where the provider's own plugin cannot be downloaded; see ${STAND_INS}/.\n`,
  );
}
