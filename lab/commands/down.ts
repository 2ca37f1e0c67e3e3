import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import Docker from "dockerode";

import { Cache } from "../cache";
import { Engine, engineDirectory, findEngine } from "../engine/engine";
import { OwnDaemon } from "../engine/own-daemon";
import { UserError } from "../../lib/errors";
import { Instance, LABEL } from "../instance";
import { runSteps, Tell } from "../progress";
import { LabSettings } from "../settings";

/** What `lab:down` also does. */
export interface DownOptions {
  /** Also ends the Docker daemon that the lab has started. Default: false. */
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
        run: async (tell) => {
          const engine = await reachEngine(settings.cache, tell);
          if (engine !== undefined) {
            await removeObjects(engine.docker, instance, tell);
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
      ...(options.engine ? [{ title: "Docker daemon", run: (tell: Tell) => stopDaemon(settings.cache, tell) }] : []),
    ]),
  );
}

/** The engine, if there is one. The lab's own is started if it is off: what it keeps can be removed only through it. */
async function reachEngine(cache: string, tell: Tell): Promise<Engine | undefined> {
  const found = await findEngine(cache);
  if (found !== undefined || !existsSync(join(engineDirectory(cache), "data"))) {
    return found;
  }
  await new OwnDaemon(engineDirectory(cache)).start(tell);
  return findEngine(cache);
}

/** Removes everything that carries the instance's label. */
async function removeObjects(docker: Docker, instance: Instance, tell: Tell): Promise<void> {
  const filters = { label: [`${LABEL}=${instance.name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(async ({ Id, Names }) => {
      await docker.getContainer(Id).remove({ force: true, v: true });
      tell(`removed ${Names.join(" ").replace("/", "")}`);
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

/** Ends the lab's own daemon, unless it serves someone else. */
async function stopDaemon(cache: string, tell: Tell): Promise<void> {
  const own = new OwnDaemon(engineDirectory(cache));
  if ((await own.pid()) === undefined) {
    tell("the lab has started no Docker daemon");
    return;
  }
  const running = await new Docker({ socketPath: own.host.replace("unix://", "") }).listContainers();
  if (running.length > 0) {
    const names = running.flatMap((container) => container.Names).map((name) => name.replace("/", ""));
    throw new UserError(
      `the lab's Docker daemon still runs ${names.join(", ")}: take them down first, then repeat with --engine`,
    );
  }
  await own.stop();
}
