import { readFile } from "node:fs/promises";

import Docker from "dockerode";

import { missing } from "../engine/containers";
import { UserError } from "../../lib/errors";
import { Instance, LABEL } from "../instance";
import { run } from "../process";
import { LabAddresses, labAddresses } from "./lab-addresses";
import { NetworkChoice, chooseNetworks, rememberNetworks } from "./choice";
import { formatAddress, parseCidr } from "../../lib/cidr";
import { Taken, Wanted, refuseOverlap, takenByResolvers, takenByRoutes } from "./overlap";

/** The Docker networks of an instance. */
export interface NetworkNames {
  readonly internet: string;
  readonly home: string;
}

/** Names of the networks of an instance. */
export function networkNames(instance: Instance): NetworkNames {
  return { internet: `${instance.name}-internet`, home: `${instance.name}-home` };
}

/** Makes the two networks unless they are there. Refuses networks that something else on this machine uses. */
export async function provideNetworks(
  docker: Docker,
  instance: Instance,
  addresses: LabAddresses,
): Promise<NetworkNames> {
  const names = networkNames(instance);
  const wanted: readonly (Wanted & { readonly name: string })[] = [
    { name: names.internet, cidr: addresses.internet, option: "--internet" },
    { name: names.home, cidr: addresses.home, option: "--home" },
  ];
  const missingOnes = [];
  for (const network of wanted) {
    if (!(await isThere(docker, network.name, network.cidr))) {
      missingOnes.push(network);
    }
  }
  if (missingOnes.length > 0) {
    refuseOverlap(missingOnes, await takenNetworks(docker, new Set(Object.values(names))));
    for (const network of missingOnes) {
      await docker.createNetwork(networkOptions(instance, network.name, network.cidr, network.name === names.home));
    }
  }
  await refuseElsewhere(addresses.internet);
  return names;
}

/** Decides on the networks of an instance, makes them and remembers them. Gives the addresses in them. */
export async function settleNetworks(
  docker: Docker,
  instance: Instance,
  chosen: Partial<NetworkChoice>,
): Promise<LabAddresses> {
  const taken = await takenNetworks(docker, new Set(Object.values(networkNames(instance))));
  const networks = chooseNetworks(chosen, taken);
  const addresses = labAddresses(networks.internet, networks.home);
  await provideNetworks(docker, instance, addresses);
  await rememberNetworks(instance, networks);
  return addresses;
}

/** The program reaches the hosts from this machine, by the engine's bridges: an engine in a virtual machine or elsewhere has them elsewhere. */
async function refuseElsewhere(internet: string): Promise<void> {
  const routes = takenByRoutes(await run("ip", ["-json", "-4", "route", "show"]), new Set());
  if (!routes.some((route) => route.cidr === internet)) {
    throw new UserError(
      `the Docker engine has made the network ${internet}, but this machine has no route to it: the lab needs an engine on this very machine, run as root (not Docker Desktop, not rootless, not a remote DOCKER_HOST)`,
    );
  }
}

/**
 * The home network is not one of Docker's `internal` networks: their firewall rules also drop what goes from the Pi to the router over the
 * bridge, where the kernel shows bridged packets to the firewall (net.bridge.bridge-nf-call-iptables, on wherever Docker runs). Without
 * masquerade it is closed all the same: the machine translates nothing for it, and Docker lets none of its networks reach another.
 */
function networkOptions(instance: Instance, name: string, cidr: string, home: boolean): Docker.NetworkCreateOptions {
  return {
    Name: name,
    Driver: "bridge",
    Labels: { [LABEL]: instance.name },
    IPAM: { Driver: "default", Config: [{ Subnet: cidr, Gateway: formatAddress(parseCidr(cidr).base + 1) }] },
    Options: home ? { "com.docker.network.bridge.enable_ip_masquerade": "false" } : {},
  };
}

/** Whether the network is there as it should be. One of the same name that is not ours, or elsewhere, is refused. */
async function isThere(docker: Docker, name: string, cidr: string): Promise<boolean> {
  const found = await docker.getNetwork(name).inspect().catch(missing);
  if (found === undefined) {
    return false;
  }
  const { Labels, IPAM } = found;
  if (Labels?.[LABEL] === undefined) {
    throw new UserError(
      `the Docker network ${name} was not made by this lab: choose another instance name with --instance`,
    );
  }
  const subnet = IPAM?.Config?.[0]?.Subnet;
  if (subnet !== cidr) {
    throw new UserError(
      `the Docker network ${name} is ${subnet ?? "empty"}, not ${cidr}: run "npm run lab:down" first, then start again`,
    );
  }
  return true;
}

/** Every network this machine or its Docker engine uses, but for the named ones. */
async function takenNetworks(docker: Docker, own: ReadonlySet<string>): Promise<Taken[]> {
  const networks = (await docker.listNetworks()).filter((network) => !own.has(network.Name));
  const ofDocker = networks.flatMap((network) =>
    (network.IPAM?.Config ?? [])
      .map((config) => config.Subnet ?? "")
      .filter((subnet) => subnet.includes(".") && subnet.includes("/"))
      .map((cidr) => ({ cidr, owner: `Docker network ${network.Name}` })),
  );
  const ownBridges = new Set(
    (await docker.listNetworks())
      .filter((network) => own.has(network.Name))
      .map((network) => `br-${network.Id.slice(0, 12)}`),
  );
  const routes = await run("ip", ["-json", "-4", "route", "show"]);
  const resolvers = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
  return [...ofDocker, ...takenByRoutes(routes, ownBridges), ...takenByResolvers(resolvers)];
}
