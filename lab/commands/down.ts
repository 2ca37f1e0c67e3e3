import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import Docker from "dockerode";

import { Cache } from "../cache";
import { Engine, engineDirectory, findEngine } from "../engine/engine";
import { OwnDaemon } from "../engine/own-daemon";
import { UserError } from "../../lib/errors";
import { Instance, LABEL } from "../instance";
import { runSteps, Report } from "../progress";
import { LabSettings } from "../settings";

/** What `lab:down` also does. */
export interface DownOptions {
  /** Also stops the Docker daemon that the lab started. Default: false. */
  readonly engine: boolean;
}

/** `npm run lab:down`: removes the lab of this instance, and nothing else. What was built stays in the cache. */
export async function down(settings: LabSettings, options: DownOptions): Promise<void> {
  const { instance } = settings;
  const cache = new Cache(settings.cache);
  await cache.exclusively(`instance-${instance.name}`, () =>
    runSteps([
      {
        title: `Hosts and networks of ${instance.name}`,
        run: async (report) => {
          const engine = await reachEngine(settings.cache, report);
          if (engine !== undefined) {
            await removeObjects(engine.docker, instance, report);
          }
        },
      },
      {
        title: "Files of the instance",
        run: async () => {
          await removeLocalConfig(instance);
          await rm(instance.directory, { recursive: true, force: true });
        },
      },
      ...(options.engine
        ? [{ title: "Docker daemon", run: (report: Report) => stopDaemon(settings.cache, report) }]
        : []),
    ]),
  );
}

/** The engine, if there is one. The lab's own is started if it is off: what it keeps can be removed only through it. */
async function reachEngine(cache: string, report: Report): Promise<Engine | undefined> {
  const found = await findEngine(cache);
  if (found !== undefined || !existsSync(join(engineDirectory(cache), "data"))) {
    return found;
  }
  await new OwnDaemon(engineDirectory(cache)).start(report);
  return findEngine(cache);
}

/** Removes everything that carries the instance's label. */
async function removeObjects(docker: Docker, instance: Instance, report: Report): Promise<void> {
  const filters = { label: [`${LABEL}=${instance.name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(async ({ Id, Names }) => {
      await docker.getContainer(Id).remove({ force: true, v: true });
      report(`removed ${Names.join(" ").replace("/", "")}`);
    }),
  );
  for (const network of await docker.listNetworks({ filters })) {
    await docker.getNetwork(network.Id).remove();
  }
  const { Volumes } = await docker.listVolumes({ filters });
  for (const volume of Volumes) {
    await docker.getVolume(volume.Name).remove();
  }
}

/** The stack's local settings are removed only if they are of this lab: another instance of the checkout may have written them since. */
async function removeLocalConfig(instance: Instance): Promise<void> {
  const path = join(instance.checkout, `Pulumi.${instance.stack}.local.yaml`);
  const text = await readFile(path, "utf8").catch(() => "");
  if (text.split("\n", 1)[0]?.includes(`the lab ${instance.name},`) === true) {
    await rm(path);
  }
}

/** Stops the lab's own daemon, unless it still runs containers. */
async function stopDaemon(cache: string, report: Report): Promise<void> {
  const own = new OwnDaemon(engineDirectory(cache));
  if ((await own.pid()) === undefined) {
    report("the lab runs no Docker daemon");
    return;
  }
  const running = await new Docker({ socketPath: own.host.replace("unix://", "") }).listContainers();
  if (running.length > 0) {
    const names = running.flatMap((container) => container.Names).map((name) => name.replace("/", ""));
    throw new UserError(
      `the lab's Docker daemon still runs ${names.join(", ")}: remove them first, then run it again with --engine`,
    );
  }
  await own.stop();
}
