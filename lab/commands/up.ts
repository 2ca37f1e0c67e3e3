import { Cache } from "../cache";
import { provideEmulation } from "../engine/emulation";
import { Engine, provideEngine } from "../engine/engine";
import { LabError } from "../errors";
import { startHosts } from "../hosts/all";
import { machineMirror } from "../images/debian";
import { HostImages, provideHostImages } from "../images/host";
import { proveHub } from "../images/hub";
import { providePythonImage } from "../images/python";
import { provideTraefikImage } from "../images/traefik";
import { installPackages } from "../packages";
import { settleNetworks } from "../network/networks";
import { PI_PLATFORM } from "../platform";
import { elapsed, runSteps } from "../progress";
import { LabSettings } from "../settings";
import { fetchAuthorities } from "../stack/authorities";
import { deploy, stackOutputs } from "../stack/deploy";
import { pulumiEnvironment, writeEnvironment } from "../stack/environment";
import { StackImages, writeLocalConfig } from "../stack/local-config";
import { Visit, visitSite } from "../stack/visit";
import { Availability, probeDownloads } from "../toolchain/downloads";
import { cleanGo } from "../toolchain/go";
import { providePebble } from "../toolchain/pebble";
import { providePlugins } from "../toolchain/plugins";
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
    throw new LabError(`the step that gives ${what} has not run`);
  }
  return value;
}

/** `npm run lab`: makes every part that is missing, starts the hosts, runs the program against them, and visits the site. */
export async function up(settings: LabSettings, options: UpOptions): Promise<void> {
  const cache = new Cache(settings.cache);
  await cache.exclusively(`instance-${settings.instance.name}`, () => rehearse(settings, cache, options));
}

async function rehearse(settings: LabSettings, cache: Cache, options: UpOptions): Promise<void> {
  const { instance, downloads } = settings;
  let { addresses } = settings;
  const start = Date.now();
  const mirror = await machineMirror((line) => process.stderr.write(`${line}\n`));
  let engine: Engine | undefined;
  let available: Availability = { hub: false, pulumi: false };
  let images: HostImages | undefined;
  let stackImages: StackImages = {};
  let pebble: string | undefined;
  let cli: string | undefined;
  let env: Record<string, string> = {};
  let visit: Visit | undefined;

  const architecture = (): string => given(engine, "the Docker engine").platform.architecture;
  await runSteps([
    {
      title: "Docker engine",
      run: async (tell) => {
        await installPackages(PACKAGES, tell);
        engine = await provideEngine(settings.cache, tell);
        await provideEmulation(engine.platform.architecture, PI_PLATFORM, tell);
      },
    },
    {
      title: "Networks",
      run: async () => {
        // Before anything takes long: what is in the way here, a person has to decide.
        addresses = await settleNetworks(given(engine, "the Docker engine").docker, instance, settings.chosen);
      },
    },
    {
      title: "Which downloads work",
      run: async (tell) => {
        const probed = await probeDownloads(downloads, architecture(), tell);
        available = { ...probed, hub: probed.hub && (await proveHub(given(engine, "the Docker engine"), tell)) };
      },
    },
    [
      {
        title: "Images of the hosts and of Python for the Raspberry Pi",
        run: async (tell) => {
          const running = given(engine, "the Docker engine");
          images = await provideHostImages(running, cache, mirror, available, settings.release, tell);
          if (!available.hub) {
            stackImages = {
              ...stackImages,
              python: await providePythonImage(running, cache, mirror, PI_PLATFORM, tell),
            };
          }
        },
      },
      {
        title: "Pebble, Pulumi and Traefik",
        run: async (tell) => {
          pebble = await providePebble(cache, architecture(), tell);
          cli = await providePulumi(cache, downloads, available, architecture(), tell);
          if (!available.hub) {
            const binary = await provideTraefik(cache, architecture(), tell);
            const traefik = await provideTraefikImage(given(engine, "the Docker engine"), cache, binary);
            stackImages = { ...stackImages, traefik };
          }
          await cleanGo(cache);
        },
      },
    ],
    {
      title: "Hosts: vps, pi, router, visitor, acme, dns",
      run: async (tell) => {
        const running = given(engine, "the Docker engine");
        await startHosts(instance, addresses, running, given(images, "the images"), given(pebble, "Pebble"), tell);
        await fetchAuthorities(running.docker, instance, addresses);
      },
    },
    {
      title: "Provider plugins and settings of the stack",
      run: async (tell) => {
        const programs = given(cli, "Pulumi");
        env = pulumiEnvironment(instance, given(engine, "the Docker engine"), programs);
        await writeEnvironment(instance, env, programs);
        await writeLocalConfig(instance, addresses, stackImages);
        const standIns = await providePlugins(instance, cache, downloads, available, programs, tell);
        tell(standIns.length === 0 ? "the vendor's plugins" : `stand-ins for ${standIns.join(", ")}`);
      },
    },
    ...(options.deploy
      ? [
          { title: "pulumi up", run: (tell: (line: string) => void) => deploy(instance, env, tell) },
          {
            title: "The visitor reads the site",
            run: async () => {
              const { url } = await stackOutputs(instance, env);
              visit = await visitSite(
                given(engine, "the Docker engine").docker,
                instance,
                given(url, "the site's address"),
              );
            },
          },
        ]
      : []),
  ]);
  const outputs = options.deploy ? await stackOutputs(instance, env) : {};
  process.stdout.write(ending({ ...settings, addresses }, outputs, visit, elapsed(Date.now() - start)));
}
