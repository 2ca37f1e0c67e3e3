import Docker from "dockerode";

import { Cache } from "../cache";
import { Engine, findEngine } from "../engine/engine";
import { exec, inspect } from "../engine/containers";
import { messageOf } from "../../lib/errors";
import { HostName } from "../hosts/name";
import { containerName } from "../hosts/start";
import { Instance } from "../instance";
import { LabAddresses } from "../network/lab-addresses";
import { LabSettings } from "../settings";
import { stackOutputs } from "../stack/deploy";
import { pulumiEnvironment } from "../stack/environment";
import { visitSite } from "../stack/visit";
import { cachedPulumi } from "../toolchain/pulumi";

/** Seconds for the site to answer: status checks, it does not wait. */
const TIMEOUT = 8;

/** `npm run lab:status`: what runs, and whether the visitor reads the site. Gives whether all is well. */
export async function status(settings: LabSettings): Promise<boolean> {
  const { instance, topology, addresses } = settings;
  const engine = await findEngine(settings.cache);
  if (engine === undefined) {
    process.stdout.write(`The lab ${instance.name} is down: no Docker engine answers. Start it with: npm run lab\n`);
    return false;
  }
  const rows = await Promise.all(topology.hosts.map((host) => probeHost(engine.docker, instance, host)));
  const lines = rows.map(({ host, state }) => `  ${host.padEnd(8)} ${addressOf(addresses, host).padEnd(16)} ${state}`);
  const site = await probeSite(settings, engine);
  process.stdout.write(
    [`Lab ${instance.name}, engine ${engine.address}`, ...lines, `  ${"site".padEnd(8)} ${site.text}`, ""].join("\n"),
  );
  return site.well && rows.every((row) => row.well);
}

interface HostStatus {
  readonly host: HostName;
  readonly state: string;
  readonly well: boolean;
}

async function probeHost(docker: Docker, instance: Instance, host: HostName): Promise<HostStatus> {
  const name = containerName(instance, host);
  const found = await inspect(docker, name);
  if (found === undefined) {
    return { host, state: "missing", well: false };
  }
  if (!found.State.Running) {
    return { host, state: `off since ${found.State.FinishedAt}`, well: false };
  }
  const { stdout } = await exec(docker, name, [
    "sh",
    "-c",
    "systemctl is-system-running; systemctl --failed --no-legend --plain",
  ]);
  const [answer = "", ...failed] = stdout.trim().split("\n");
  const system = answer === "" ? "no answer" : answer;
  const units = failed.map((line) => line.split(" ")[0]).join(", ");
  return {
    host,
    state: `${system}${units === "" ? "" : `: ${units}`}, up since ${found.State.StartedAt.slice(0, 19)}Z`,
    well: system === "running",
  };
}

async function probeSite(settings: LabSettings, engine: Engine): Promise<{ text: string; well: boolean }> {
  const cli = cachedPulumi(new Cache(settings.cache), engine.platform.architecture);
  if (cli === undefined) {
    return { text: "not deployed: there is no Pulumi yet (npm run lab)", well: false };
  }
  const { url } = await stackOutputs(settings.instance, pulumiEnvironment(settings.instance, engine, cli));
  if (url === undefined) {
    return { text: "not deployed (npm run lab)", well: false };
  }
  try {
    const { title } = await visitSite(engine.docker, settings.instance, url, TIMEOUT);
    return { text: `${url} answers the visitor: "${title}"`, well: true };
  } catch (error) {
    return { text: `${url} does not answer the visitor: ${messageOf(error)}`, well: false };
  }
}

function addressOf(addresses: LabAddresses, host: HostName): string {
  return addresses[host];
}
