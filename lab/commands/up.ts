import { Cache } from "../cache";
import { SITE_HOSTS } from "../domain";
import { provideEmulation } from "../engine/emulation";
import { Engine, provideEngine } from "../engine/engine";
import { UserError } from "../../lib/errors";
import { Handover } from "../handover";
import { startHosts } from "../hosts/all";
import { machineMirror } from "../images/debian";
import { HostImages, provideHostImages } from "../images/host";
import { proveHub } from "../images/hub";
import { providePackagedImage } from "../images/packaged";
import { providePythonImages } from "../images/python";
import { provideTraefikImage } from "../images/traefik";
import { installPackages } from "../engine/apt";
import { settleNetworks } from "../network/networks";
import { elapsed, runSteps } from "../progress";
import { LabSettings } from "../settings";
import { ServerReplies, REQUESTS, allReplied, repliesText, askServers } from "../stack/server-replies";
import { fetchAuthorities } from "../stack/authorities";
import { deploy, stackOutputs } from "../stack/deploy";
import { pulumiEnvironment, writeEnvironment } from "../stack/environment";
import { StackImages, writeLocalConfig } from "../stack/local-config";
import { Visit, visitSite } from "../stack/visit";
import { Availability, probeDownloads } from "../toolchain/downloads";
import { cleanGo } from "../toolchain/go";
import { providePlugins } from "../toolchain/plugins";
import { Programs, providePrograms } from "../toolchain/programs";
import { providePulumi } from "../toolchain/pulumi";
import { provideTraefik } from "../toolchain/traefik";
import { ending } from "./ending";

/** What this machine itself needs beside the engine. */
const PACKAGES = ["ca-certificates", "curl", "iproute2", "openssh-client", "tar"];

/** How far `up` goes. */
export interface UpOptions {
  /** False: the lab is built and started, and the program is not run. Default: true. */
  readonly deploy: boolean;
}

/** A value that an earlier step of the list has to have given. */
function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new UserError(`the step that gives ${what} has not run`);
  }
  return value;
}

/** `npm run lab`: makes every part that is missing, starts the hosts, runs the program against them, and visits the site. */
export async function up(settings: LabSettings, options: UpOptions): Promise<void> {
  const cache = new Cache(settings.cache);
  await cache.exclusively(`instance-${settings.instance.name}`, () => rehearse(settings, cache, options));
}

async function rehearse(settings: LabSettings, cache: Cache, options: UpOptions): Promise<void> {
  const { instance, topology, downloads } = settings;
  let { addresses } = settings;
  const start = Date.now();
  const mirror = await machineMirror((line) => process.stderr.write(`${line}\n`));
  let engine: Engine | undefined;
  let available: Availability = { hub: false, pulumi: false };
  const images = new Handover<HostImages>();
  const programs = new Handover<Programs>();
  let stackImages: StackImages = {};
  let cli: string | undefined;
  let env: Record<string, string> = {};
  let visit: Visit | undefined;
  let replies: ServerReplies | undefined;
  const platforms = topology.servers.map(({ platform }) => platform);

  const architecture = (): string => given(engine, "the Docker engine").platform.architecture;
  await runSteps([
    {
      title: "Docker engine",
      run: async (report) => {
        await installPackages(PACKAGES, report);
        engine = await provideEngine(settings.cache, report);
        for (const platform of platforms) {
          await provideEmulation(engine.platform.architecture, platform, report);
        }
      },
    },
    {
      title: "Networks",
      run: async () => {
        // Before anything takes long: a conflict here needs your decision.
        addresses = await settleNetworks(given(engine, "the Docker engine").docker, instance, settings.chosen);
      },
    },
    {
      title: "Which downloads work",
      run: async (report) => {
        const probed = await probeDownloads(downloads, architecture(), report);
        available = { ...probed, hub: probed.hub && (await proveHub(given(engine, "the Docker engine"), report)) };
      },
    },
    [
      {
        title: "Images of the hosts, of Python for the servers, of PostgreSQL and of Redis",
        run: async (report) => {
          const running = given(engine, "the Docker engine");
          const workshop = { engine: running, cache, mirror, available, report };
          await images.make(() => provideHostImages(workshop, settings.release));
          if (!available.hub) {
            const python = await providePythonImages(running, cache, mirror, platforms, report);
            const postgres = await providePackagedImage(workshop, "postgres");
            const redis = await providePackagedImage(workshop, "redis");
            stackImages = { ...stackImages, python, postgres, redis };
          }
        },
      },
      {
        title: `Pulumi, Traefik and ${topology.programs.join(", ")}`,
        run: async (report) => {
          await programs.make(() => providePrograms(topology.programs, cache, architecture(), report));
          cli = await providePulumi(cache, downloads, available, architecture(), report);
          if (!available.hub) {
            const binary = await provideTraefik(cache, architecture(), report);
            const traefik = await provideTraefikImage(given(engine, "the Docker engine"), cache, binary);
            stackImages = { ...stackImages, traefik };
          }
          await cleanGo(cache);
        },
      },
      {
        title: `Hosts: ${topology.hosts.join(", ")}`,
        run: async (report) => {
          const running = given(engine, "the Docker engine");
          report("waiting for their images and programs");
          const [made, built] = [await images.value, await programs.value];
          await startHosts(instance, topology, addresses, running, made, built, report);
          await fetchAuthorities(running.docker, instance, addresses);
        },
      },
    ],
    {
      title: "Provider plugins and settings of the stack",
      run: async (report) => {
        const pulumi = given(cli, "Pulumi");
        env = pulumiEnvironment(instance, given(engine, "the Docker engine"), pulumi);
        await writeEnvironment(instance, env, pulumi);
        await writeLocalConfig(instance, topology, addresses, stackImages);
        const standIns = await providePlugins(instance, cache, downloads, available, pulumi, report);
        report(standIns.length === 0 ? "the vendor's plugins" : `stand-ins for ${standIns.join(", ")}`);
      },
    },
    ...(options.deploy
      ? [
          { title: "pulumi up", run: (report: (line: string) => void) => deploy(instance, env, report) },
          {
            title: "The visitor reads the site",
            run: async () => {
              const { url } = await stackOutputs(instance, env);
              const { docker } = given(engine, "the Docker engine");
              visit = await visitSite(docker, instance, given(url, "the site's address"));
              // Each name has a certificate of its own, and the last may come a little later.
              for (const name of SITE_HOSTS) await visitSite(docker, instance, `https://${name}/`);
              // Where there is one server, it has answered.
              if (topology.servers.length > 1) {
                const names = topology.servers.map(({ name }) => name);
                replies = await askServers(docker, instance, addresses.visitor, names, visit.url);
              }
            },
          },
        ]
      : []),
  ]);
  const outputs = options.deploy ? await stackOutputs(instance, env) : {};
  process.stdout.write(ending({ ...settings, addresses }, outputs, { visit, replies }, elapsed(Date.now() - start)));
  if (replies !== undefined && !allReplied(replies)) {
    throw new UserError(
      `${replies.good} of the visitor's ${REQUESTS} requests succeeded (${repliesText(replies)}), expected all of them and an answer from each server: see the proxy's log by npm run lab:shell -- --topology ${topology.name} vps`,
    );
  }
}
