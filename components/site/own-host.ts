import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { ServerSettings, Settings } from "../../config";
import { imageTransfer } from "../app/image";
import { AppSecrets } from "../app/secrets";
import { dnsChallenge } from "../dns/challenge";
import { caaIssuer } from "../dns/entries";
import { isProxied, proxyRanges } from "../dns/cloudflare-ranges";
import { DnsPlan, planRecords } from "../dns/plan";
import { together } from "../errors";
import { Host } from "../host/host";
import { writeKnownHosts } from "../host/known-hosts";
import { observe, Sight } from "../host/probe";
import { INNER_NAME, innerContainer, innerProxy } from "../inner-proxy";
import { InternalAuthority } from "../internal-authority";
import { mapAll, NonEmpty } from "../non-empty";
import { databaseBundle } from "../postgres";
import { expectedPorts, Proxy } from "../proxy";
import { publicProxy } from "../public-proxy";
import { POSTGRES_PORT } from "../render/postgres";
import { PublicEntry } from "../render/public-entry";
import { Server, serverExpectation } from "../server";
import { Part, Topology, topology } from "../topology";
import { PUBLIC_PORTS, Traefik, TraefikArgs } from "../traefik";
import { SharedKey, TunnelKeys } from "../tunnel-keys";
import { edgeExpectation, Vps } from "../vps";
import { refuseMoves, refuseOtherDatabase, StateBefore } from "./before";
import { ownDatabase } from "./own-database";
import { loginFacts, SiteHost, SiteServer } from "./site-host";

/** What the machines of a stack are made of. */
export interface OwnHostArgs {
  readonly settings: Settings;
  readonly before: StateBefore;
  /** The stack's own name, such as `dev`. */
  readonly stack: string;
  /** The stack as hosts know it, `project/stack`. */
  readonly owner: string;
  /** The application's name on its servers. */
  readonly name: string;
}

/** What every machine of the stack has in common. */
interface Stack extends Pick<OwnHostArgs, "settings" | "owner" | "name"> {
  readonly plan: Topology<ServerSettings>;
  readonly knownHostsFile: string;
}

interface SeenServer extends ServerSettings, Part {
  readonly sight: Sight;
}

/** A server before it is told anything. */
interface Member extends SeenServer {
  readonly proxy: Proxy;
  readonly keys: TunnelKeys;
  readonly presharedKey: pulumi.Output<string>;
}

/** The machines and records of a stack as they are before this run changes any of them. */
export interface SeenMachines {
  readonly own: Stack;
  readonly edgeSight: Sight;
  readonly seen: NonEmpty<SeenServer>;
  readonly records: DnsPlan;
}

/** Looks at all machines and records, and refuses what must not be changed. */
export async function lookAtMachines({ settings, before, stack, owner, name }: OwnHostArgs): Promise<SeenMachines> {
  const { edge, servers, ingress, database } = settings;
  const plan = topology({ network: settings.tunnel.network, ingress, servers, database: database.server });
  refuseMoves(before.host, { servers, database: database.server });
  const own: Stack = { settings, owner, name, plan, knownHostsFile: writeKnownHosts(stack, [edge, ...servers]) };
  const [edgeSight, seen, records] = await look(own, before);
  return { own, edgeSight, seen, records };
}

/** The machines of a stack of its own: the edge, the servers and their tunnel, with engines and proxies. */
export function ownHost({ own, edgeSight, seen, records }: SeenMachines, secrets: AppSecrets): SiteHost {
  const { settings, owner, name, plan } = own;
  const { edge, servers, ingress, database, hosts, tls, app } = settings;
  const behind = seen.some(({ visitors }) => !visitors);
  const authority = behind || database.server !== undefined ? new InternalAuthority("internal") : undefined;
  // A public address answers nobody on the admin's port.
  const atHome = ingress === "server" && servers[0].place === "home";
  const adminHosts: NonEmpty<string> = atHome ? [servers[0].address, "localhost"] : ["localhost"];
  const front = publicProxy("default", {
    settings: { ...tls, dnsChallenge: dnsChallenge(settings), entry: entryOf(settings) },
    dnsToken: tls.dnsToken,
    login: { user: app.adminUser, hash: secrets.adminPasswordHash, hosts: adminHosts },
    authority: behind ? authority : undefined,
  });
  const members = mapAll(seen, (one): Member => ({
    ...one,
    proxy:
      one.visitors || authority === undefined
        ? front
        : innerProxy(
            plan.ingress,
            authority.certificate,
            authority.issue(one.name, { dnsNames: [INNER_NAME], uses: "server" }),
          ),
    keys: new TunnelKeys(`${one.name}-tunnel`, {}),
    presharedKey: new SharedKey(`${one.name}-tunnel-shared`, {}).key,
  }));

  const edgeKeys = new TunnelKeys(`${edge.name}-tunnel`, {});
  const vps = edgeOf(own, members, edgeSight, edgeKeys.privateKey, front);
  // One after the other, so that all servers but one have a proxy at any time.
  let after: Traefik | undefined;
  const machines = mapAll(members, (member, index) => {
    const machine = server(own, member, edgeKeys.publicKey, vps);
    const place = { proxy: member.proxy, host: machine.host, engine: machine.docker, after };
    const traefik = traefikOn(index === 0 ? "traefik" : `traefik-${member.name}`, own, place);
    after = traefik;
    return { member, machine, traefik, site: siteServer(own, member, machine, traefik) };
  });
  const edgeTraefik =
    vps.docker === undefined
      ? undefined
      : traefikOn(`traefik-${edge.name}`, own, {
          ...{ proxy: front, host: vps.host, engine: vps.docker },
          machine: edge.hostKey,
        });

  const postgres = ownDatabase("postgres", {
    app: name,
    settings,
    machines,
    authority,
    knownHostsFile: own.knownHostsFile,
  });
  const [first, ...others] = machines;
  return {
    servers: mapAll(machines, ({ site }) => site),
    ingress: {
      access: edgeTraefik === undefined ? first.site.access : vps.host,
      server: edgeTraefik === undefined ? first.site.name : undefined,
      adminHosts,
      certificates: (edgeTraefik === undefined ? first.member.sight : edgeSight).certificates,
    },
    database: postgres?.database,
    facts: {
      owner,
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
    knownHostsFile: own.knownHostsFile,
    records,
    ready: [
      ...machines.flatMap(({ machine, traefik }) => [machine, traefik]),
      ...[edgeTraefik, postgres?.component].filter((one) => one !== undefined),
    ],
  };
}

/** Looks at every machine and at the records, and tells everything that has to be mended at once. */
function look({ settings, owner, name, plan, knownHostsFile }: Stack, { records: state }: StateBefore) {
  const { edge, tunnel, ingress, tls, domain, hosts, dns, database } = settings;
  const front = expectedPorts({ ports: PUBLIC_PORTS });
  const back = expectedPorts(innerContainer(plan.ingress));
  const look = async (one: ServerSettings & Part): Promise<SeenServer> => {
    const ports = [
      ...(one.visitors ? front : back),
      ...(one.name === database.server ? [{ port: POSTGRES_PORT, protocol: "tcp", holder: "homeport " } as const] : []),
    ];
    const sight = await observe(one, owner, knownHostsFile, serverExpectation(one, tunnel, ports));
    refuseOtherDatabase(one.name, sight.bundles.includes(databaseBundle(name)), database.server);
    return { ...one, sight };
  };
  return together([
    observe(edge, owner, knownHostsFile, edgeExpectation(tunnel, ingress === "edge" ? front : undefined)),
    together(mapAll(plan.members, look)),
    planRecords("dns", { domain, hosts, edge: edge.address, issuer: caaIssuer(tls), dns, owner, state }),
  ]);
}

function edgeOf(
  { settings, owner, plan, knownHostsFile }: Stack,
  members: readonly Member[],
  observation: Sight,
  privateKey: pulumi.Output<string>,
  front: Proxy,
): Vps {
  const { edge, tunnel, ingress } = settings;
  return new Vps(edge.name, {
    address: edge,
    owner,
    observation,
    plan: {
      login: edge.user,
      sshPort: edge.port,
      sshFrom: edge.sshFrom,
      tunnel,
      address: plan.hubInNetwork,
      target: plan.target,
      relayed: plan.relayed,
    },
    spokes: members.map(({ name, tunnelAddress, keys, presharedKey }) => ({
      ...{ name, presharedKey },
      address: tunnelAddress,
      publicKey: keys.publicKey,
    })),
    privateKey,
    knownHostsFile,
    proxy: ingress === "edge" ? front : undefined,
  });
}

function server(
  { settings, owner, plan, knownHostsFile }: Stack,
  member: Member,
  edgeKey: pulumi.Output<string>,
  vps: Vps,
): Server {
  const { edge, tunnel } = settings;
  return new Server(
    member.name,
    {
      address: member,
      owner,
      observation: member.sight,
      knownHostsFile,
      plan: {
        user: member.user,
        sshPort: member.port,
        sshFrom: member.sshFrom,
        sshOverTunnel: member.sshOverTunnel,
        place: member.place,
        open: member.open,
        visitors: member.visitors,
        inner: member.inner,
        innerPorts: member.innerPorts,
        tunnel,
        address: member.tunnelAddress,
        network: tunnel.network,
      },
      hub: {
        name: edge.name,
        address: plan.hub,
        publicKey: edgeKey,
        endpoint: `${member.edgeAddress ?? edge.address}:${tunnel.port}`,
      },
      privateKey: member.keys.privateKey,
      presharedKey: member.presharedKey,
      proxy: member.proxy,
    },
    { dependsOn: vps },
  );
}

/** A proxy and the host it is put on; the rest is as in TraefikArgs. */
interface ProxyPlace extends Pick<TraefikArgs, "machine" | "after"> {
  readonly proxy: Proxy;
  readonly host: Host;
  readonly engine: docker.Provider;
}

function traefikOn(
  name: string,
  { settings, owner, knownHostsFile }: Stack,
  { proxy, host, engine, machine, after }: ProxyPlace,
): Traefik {
  const image = settings.images.traefik;
  const there = imageTransfer(
    `${name}-transfer`,
    { host, knownHostsFile, reference: image, pull: true },
    { dependsOn: [host, engine] },
  );
  return new Traefik(
    name,
    { container: proxy.container, image, provider: engine, owner, machine, after },
    { dependsOn: there },
  );
}

function siteServer(
  { settings, plan }: Stack,
  member: Member,
  machine: Server,
  { network, subnet }: Traefik,
): SiteServer {
  const { name, platform, tunnelAddress, replicas, visitors } = member;
  return {
    ...{ name, platform, tunnelAddress, replicas, network },
    access: machine.host,
    engine: machine.docker,
    // A server's proxy behind the ingress hands on what that has written, and is itself between the two.
    trustedProxies: subnet.apply((addresses) =>
      [addresses, ...(visitors ? [] : [plan.ingress]), ...proxyRanges(settings.dns)].join(","),
    ),
  };
}

function entryOf({ proxy, dns }: Settings): PublicEntry {
  const { readTimeoutSeconds, idleTimeoutSeconds } = proxy;
  return { trusted: proxyRanges(dns), readTimeoutSeconds, idleTimeoutSeconds };
}

function serverFacts(member: Member) {
  const { platform, tunnelAddress, sshOverTunnel } = member;
  return { ...loginFacts(member), platform, tunnelAddress, sshOverTunnel };
}
