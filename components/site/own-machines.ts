import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Topology } from "../../plan";
import { loginFacts, ServerSettings, Settings } from "../../settings";
import { SiteServer } from "../app";
import { caaIssuer, dnsChallenge, isProxied, proxyRanges } from "../dns";
import { imageTransfer } from "../docker";
import { addressOf, containerFirewallSpec } from "../firewall";
import { bundleCommand, Host, mergeSpecs, ProbedMachine } from "../machine";
import {
  INNER_NAME,
  innerProxy,
  InternalAuthority,
  Proxy,
  PublicEntry,
  publicProxy,
  Traefik,
  TraefikArgs,
  traefikThings,
} from "../proxy";
import { SharedKey, TunnelKeys } from "../tunnel";
import { mapAll, NonEmpty } from "../../lib/non-empty";
import { ownDatabase } from "./own-database";
import { OwnObservation, PlannedServer } from "./own-observation";
import { Server } from "./server";
import { SiteHost } from "./site-host";
import { StackNames } from "./stack-names";
import { Vps } from "./vps";
import { watchMachines } from "./watched-machines";

/** Input of the machines. */
export interface OwnMachinesArgs {
  readonly settings: Settings;
  readonly names: StackNames;
  readonly plan: Topology<ServerSettings>;
  readonly observation: OwnObservation;
  /** bcrypt's hash of the admin's password, for the proxy's dashboard; secret. */
  readonly adminPasswordHash: pulumi.Output<string>;
}

/** A server before anything is applied to it. */
interface Member {
  readonly plan: PlannedServer;
  readonly machine: ProbedMachine;
  readonly proxy: Proxy;
  readonly keys: TunnelKeys;
  readonly presharedKey: pulumi.Output<string>;
}

/** A stack's own machines: the edge, the servers and their tunnel, with engines and proxies. */
export function ownMachines(args: OwnMachinesArgs): SiteHost {
  const { settings, names, plan, observation, adminPasswordHash } = args;
  const { edge, servers, ingress, database, hosts, tls, app } = settings;
  const { rotateKeys } = settings.tunnel;
  const behind = observation.servers.some((one) => !one.plan.terminatesTls);
  const authority = behind || database.server !== undefined ? new InternalAuthority("internal") : undefined;
  // The admin's port is closed on a public address.
  const atHome = ingress === "server" && servers[0].place === "home";
  const adminHosts: NonEmpty<string> = atHome ? [servers[0].address, "localhost"] : ["localhost"];
  const front = publicProxy("default", {
    settings: { ...tls, dnsChallenge: dnsChallenge(settings), entry: entryOf(settings) },
    dnsToken: tls.dnsToken,
    login: { user: app.adminUser, hash: adminPasswordHash, hosts: adminHosts },
    authority: behind ? authority : undefined,
  });
  const members = mapAll(observation.servers, ({ plan: server, machine }, index): Member => ({
    plan: server,
    machine,
    proxy: looked(
      proxyName(server.name, index),
      server.terminatesTls || authority === undefined
        ? front
        : innerProxy(
            plan.ingress,
            authority.certificate,
            authority.issue(server.name, { dnsNames: [INNER_NAME], uses: "server" }),
          ),
    ),
    keys: new TunnelKeys(`${server.name}-tunnel`, rotateKeys),
    presharedKey: new SharedKey(`${server.name}-tunnel-shared`, rotateKeys).key,
  }));

  const edgeKeys = new TunnelKeys(`${edge.name}-tunnel`, rotateKeys);
  const vps = edgeOf(args, members, edgeKeys, looked(proxyName(edge.name), front));
  // One after the other, so that at most one server is without a proxy at any time.
  let after: Traefik | undefined;
  const machines = mapAll(members, (member, index) => {
    const server = serverOf(args, member, edgeKeys.publicKey, vps);
    const place = { proxy: member.proxy, host: server.host, engine: server.docker, after };
    const traefik = traefikOn(proxyName(member.plan.name, index), settings, place);
    after = traefik;
    const closed = containerFirewall(args, member, server, traefik);
    return { member, server, traefik, closed, site: siteServer(args, member, server, traefik) };
  });
  const edgeTraefik =
    vps.docker === undefined
      ? undefined
      : traefikOn(proxyName(edge.name), settings, {
          ...{ proxy: front, host: vps.host, engine: vps.docker },
          machine: edge.hostKey,
        });
  const postgres = ownDatabase("postgres", { app: names.name, settings, machines, authority });

  const [first, ...others] = machines;
  watchMachines(args, { edge: vps.host, servers: machines.map(({ server }) => server.host) }, [
    vps,
    ...machines.map(({ server }) => server),
  ]);
  return {
    servers: mapAll(machines, ({ site }) => site),
    ingress: {
      access: edgeTraefik === undefined ? first.site.access : vps.host,
      server: edgeTraefik === undefined ? first.site.name : undefined,
      adminHosts,
    },
    database: postgres?.database,
    dockerData: first.member.machine.probe.dockerData,
    facts: {
      owner: names.owner,
      names: [...hosts],
      caaIssuer: caaIssuer(tls),
      ingress,
      ...(isProxied(settings.dns) ? { proxied: true } : {}),
      edge: { ...loginFacts(edge), tunnelAddress: plan.hub },
      server: serverFacts(first.member),
      others: others.map(({ member }) => serverFacts(member)),
      database: postgres?.database.server,
    },
    network: first.site.network,
    subnet: first.traefik.subnet,
    records: observation.records,
    ready: [
      ...machines.flatMap(({ server, traefik, closed }) => [server, traefik, closed]),
      ...[edgeTraefik, postgres?.component].filter((one) => one !== undefined),
    ],
  };
}

/** What the containers of a server may open. */
function containerFirewall(
  { settings, plan }: OwnMachinesArgs,
  { plan: { name, reach } }: Member,
  server: Server,
  traefik: Traefik,
): pulumi.Resource {
  const { database, storage } = settings;
  return bundleCommand(
    `${name}-containers`,
    {
      host: server.host,
      bundle: "containers",
      spec: pulumi.all([traefik.subnet, database.url]).apply(([subnet, url]) =>
        containerFirewallSpec({
          subnet,
          flows: plan.relayed,
          networks: [...reach, ...addressOf(url), ...addressOf(storage?.endpoint)],
        }),
      ),
      // An address of the database's URL, which is a secret.
      secret: database.url !== undefined,
    },
    { parent: server, dependsOn: traefik },
  );
}

/** Name of a proxy's resource: the first server's has the name from before there were several. */
function proxyName(machine: string, index?: number): string {
  return index === 0 ? "traefik" : `traefik-${machine}`;
}

/** The proxy, which its host's spec names so that the probe looks for it. */
function looked(name: string, proxy: Proxy): Proxy {
  return { ...proxy, spec: proxy.spec.apply((spec) => mergeSpecs(spec, traefikThings(name))) };
}

function edgeOf(
  { settings, plan, observation }: OwnMachinesArgs,
  members: readonly Member[],
  keys: TunnelKeys,
  front: Proxy,
): Vps {
  const { edge, tunnel, ingress } = settings;
  return new Vps(edge.name, {
    machine: observation.edge,
    plan: {
      login: edge.user,
      hostKey: edge.hostKey,
      sshPort: edge.port,
      sshFrom: edge.sshFrom,
      tunnel,
      updates: settings.updates,
      address: plan.hubInNetwork,
      target: plan.target,
      relayed: plan.relayed,
    },
    spokes: members.map(({ plan: { name, tunnelAddress }, keys, presharedKey }) => ({
      ...{ name, presharedKey },
      address: tunnelAddress,
      publicKey: keys.publicKey,
    })),
    keys,
    proxy: ingress === "edge" ? front : undefined,
  });
}

function serverOf(
  { settings, plan }: OwnMachinesArgs,
  { plan: server, machine, proxy, keys, presharedKey }: Member,
  edgeKey: pulumi.Output<string>,
  vps: Vps,
): Server {
  const { edge, tunnel } = settings;
  return new Server(
    server.name,
    {
      machine,
      plan: {
        user: server.user,
        hostKey: server.hostKey,
        sshPort: server.port,
        sshFrom: server.sshFrom,
        sshOverTunnel: server.sshOverTunnel,
        place: server.place,
        open: server.open,
        terminatesTls: server.terminatesTls,
        inner: server.inner,
        innerPorts: server.innerPorts,
        tunnel,
        updates: settings.updates,
        address: server.tunnelAddress,
        network: tunnel.network,
      },
      hub: {
        name: edge.name,
        address: plan.hub,
        publicKey: edgeKey,
        endpoint: `${server.edgeAddress ?? edge.address}:${tunnel.port}`,
      },
      privateKey: keys.privateKey,
      presharedKey,
      proxy,
    },
    { dependsOn: vps },
  );
}

/** A proxy and its host; the rest is as in TraefikArgs. */
interface ProxyPlace extends Pick<TraefikArgs, "machine" | "after"> {
  readonly proxy: Proxy;
  readonly host: Host;
  readonly engine: docker.Provider;
}

function traefikOn(
  name: string,
  { images }: Pick<Settings, "images">,
  { proxy, host, engine, machine, after }: ProxyPlace,
): Traefik {
  const image = images.traefik;
  const there = imageTransfer(
    `${name}-transfer`,
    { host, reference: image, pull: true },
    { dependsOn: [host, engine] },
  );
  return new Traefik(
    name,
    { container: proxy.container, image, provider: engine, host, machine, after },
    { dependsOn: there },
  );
}

function siteServer(
  { settings, plan }: OwnMachinesArgs,
  { plan: { name, platform, tunnelAddress, replicas, terminatesTls } }: Member,
  server: Server,
  { network, subnet }: Traefik,
): SiteServer {
  return {
    ...{ name, platform, tunnelAddress, replicas, network },
    access: server.host,
    engine: server.docker,
    // A proxy behind the ingress passes on the ingress's headers, so both are trusted.
    trustedProxies: subnet.apply((addresses) =>
      [addresses, ...(terminatesTls ? [] : [plan.ingress]), ...proxyRanges(settings.dns)].join(","),
    ),
  };
}

function entryOf({ proxy, dns }: Settings): PublicEntry {
  const { readTimeoutSeconds, idleTimeoutSeconds, encodedPaths } = proxy;
  return { trusted: proxyRanges(dns), readTimeoutSeconds, idleTimeoutSeconds, encodedPaths };
}

function serverFacts({ plan }: Member) {
  const { platform, tunnelAddress, sshOverTunnel } = plan;
  return { ...loginFacts(plan), platform, tunnelAddress, sshOverTunnel };
}
