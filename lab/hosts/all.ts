import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { Engine } from "../engine/engine";
import { bootOptions, systemdOptions } from "../engine/privilege";
import { HostImages } from "../images/host";
import { Instance } from "../instance";
import { LabAddresses } from "../network/lab-addresses";
import { provideNetworks } from "../network/networks";
import { Report } from "../progress";
import { provideServiceCertificates, serviceCaFile, serviceFiles } from "../services/authority";
import { bundle } from "../toolchain/bundle";
import { Programs } from "../toolchain/programs";
import { LabTopology } from "../topologies/lab-topology";
import { LabHost } from "./host";
import { labHosts } from "./hosts";
import { hostKey, operatorKey } from "./keys";
import { Surroundings, provideVolumes, startHost } from "./start";

/** Starts every host of the lab: names first, because the others ask for them, then the rest side by side. */
export async function startHosts(
  instance: Instance,
  topology: LabTopology,
  addresses: LabAddresses,
  engine: Engine,
  images: HostImages,
  programs: Programs,
  report: Report,
): Promise<LabHost[]> {
  await mkdir(instance.directory, { recursive: true, mode: 0o700 });
  const cloudflareApi = join(instance.directory, "cloudflare-api.js");
  await bundle(join(__dirname, "..", "cloudflare-api", "main.ts"), cloudflareApi);
  await provideServiceCertificates(instance, topology.services);
  const hosts = labHosts({
    topology,
    addresses,
    images,
    programs,
    cloudflareApi,
    certificate: (service) => serviceFiles(instance, service),
    authority: serviceCaFile(instance),
  });
  const operator = await operatorKey(instance);
  const around: Surroundings = {
    docker: engine.docker,
    instance,
    networks: await provideNetworks(engine.docker, instance, addresses),
    systemd: await systemdOptions(engine, instance, images.host),
    bootOptions: bootOptions(engine),
    authorizedKey: `${operator.publicKey} operator`,
    hostKey: async (host) => readFile((await hostKey(instance, host.name)).path, "utf8"),
  };
  const start = async (host: LabHost): Promise<void> => {
    await provideVolumes(engine.docker, instance, host);
    await startHost(around, host);
    report(`${host.name} is up`);
  };
  const [first, ...others] = hosts;
  if (first !== undefined) {
    await start(first);
  }
  await Promise.all(others.map(start));
  return hosts;
}
