import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { messageOf } from "../errors";
import { quote } from "../hosts/start";
import { Instance } from "../instance";
import { Tell } from "../packages";
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
 * Gives the names of those for which a stand-in serves.
 */
export async function providePlugins(
  instance: Instance,
  cache: Cache,
  downloads: Downloads,
  available: Availability,
  cli: string,
  tell: Tell,
): Promise<string[]> {
  const directory = join(instance.directory, "pulumi-home", "plugins");
  await mkdir(directory, { recursive: true });
  const plugins = await wantedPlugins(instance.checkout);
  await removeOthers(directory, plugins);
  const standIns: string[] = [];
  for (const plugin of plugins) {
    const target = join(directory, directoryName(plugin));
    if (existsSync(join(target, REAL))) {
      continue;
    }
    const real = available.pulumi ? await download(plugin, cache, downloads, cli, tell) : undefined;
    await rm(target, { recursive: true, force: true });
    if (real === undefined) {
      await writeStandIn(instance, plugin, target);
      standIns.push(plugin.name);
    } else {
      // Pulumi does not follow links among its plugins.
      await run("cp", ["-a", real, target]);
      await writeFile(join(target, REAL), "");
    }
  }
  return standIns;
}

/** Marks a directory whose plugin is the vendor's own. */
const REAL = ".downloaded";

function directoryName({ name, version }: Plugin): string {
  return `resource-${name}-v${version}`;
}

/** What an earlier version of the packages has left would be taken for the newest. */
async function removeOthers(directory: string, plugins: readonly Plugin[]): Promise<void> {
  const wanted = new Set(plugins.map(directoryName));
  for (const name of await readdir(directory)) {
    if (!wanted.has(name)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

/** Downloads a plugin by Pulumi's own means, into the cache. Undefined if that fails; then the stand-in serves. */
async function download(
  plugin: Plugin,
  cache: Cache,
  downloads: Downloads,
  cli: string,
  tell: Tell,
): Promise<string | undefined> {
  const { name, version } = plugin;
  try {
    tell(`pulumi plugin install resource ${name} ${version}`);
    const entry = await cache.keep(`plugin-${name}-${version}`, async (home) => {
      const server = ["--server", `${downloads.pulumi}/plugins`];
      await run(join(cli, "pulumi"), ["plugin", "install", "resource", name, version, ...server], {
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
        onLine: tell,
      });
    });
    return join(entry, "plugins", directoryName(plugin));
  } catch (error) {
    if (downloads.mode === "always") {
      throw error;
    }
    tell(
      `the plugin ${name} ${version} could not be downloaded, a stand-in serves: ${messageOf(error).split("\n")[0] ?? ""}`,
    );
    return undefined;
  }
}

async function writeStandIn(instance: Instance, { name, version }: Plugin, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const launcher = join(target, `pulumi-resource-${name}`);
  const command = `exec sh ${quote(join(instance.checkout, "lab", "plugins", "launch.sh"))} ${name} "$@"`;
  await writeFile(launcher, `#!/bin/sh\n${command}\n`);
  await chmod(launcher, 0o755);
  await writeFile(join(target, "PulumiPlugin.yaml"), `name: ${name}\nversion: ${version}\n`);
}
