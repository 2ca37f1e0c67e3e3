import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { ServerSettings, Settings } from "../../settings/settings";
import { imageTransfer } from "../docker/image";
import { AppSecrets } from "../app/secrets";
import { dnsChallenge } from "../dns/challenge";
import { caaIssuer } from "../dns/entries";
import { isProxied, proxyRanges } from "../dns/cloudflare-ranges";
import { planRecords } from "../dns/plan";
import { together } from "../../lib/errors";
import { Host } from "../machine/host";
import { writeKnownHosts } from "../machine/known-hosts";
import { observe, Sight } from "../machine/probe";
import { INNER_NAME, innerContainer, innerProxy } from "../proxy/inner-proxy";
import { InternalAuthority } from "../proxy/internal-authority";
import { mapAll, NonEmpty } from "../../lib/non-empty";
import { databaseBundle } from "../database/postgres";
import { expectedPorts, Proxy } from "../proxy/proxy";
import { publicProxy } from "../proxy/public-proxy";
import { POSTGRES_PORT } from "../../plan/ports";
import { PublicEntry } from "../proxy/public-entry";
import { Server, serverExpectation } from "./server";
import { Part, Topology, topology } from "../../plan/topology";
import { PUBLIC_PORTS, Traefik, TraefikArgs } from "../proxy/traefik";
import { SharedKey, TunnelKeys } from "../tunnel/tunnel-keys";
import { edgeExpectation, Vps } from "./vps";
import { hostBefore, refuseMoves, refuseOtherDatabase } from "./previous-layout";
import { ownDatabase } from "./own-database";
import { loginFacts, SiteHost, SiteServer } from "./site-host";

/** What the machines of a stack are made of. */
export interface OwnHostArgs {
  readonly settings: Settings;
  readonly secrets: AppSecrets;
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

/** A server before it is told anything. */
interface Member extends ServerSettings, Part {
  readonly sight: Sight;
  readonly proxy: Proxy;
  readonly keys: TunnelKeys;
  readonly presharedKey: pulumi.Output<string>;
}

/** The machines of a stack of its own: the edge, the servers and their tunnel, with engines and proxies. All are looked at before any is changed. */
export async function ownHost({ settings, secrets, stack, owner, name }: OwnHostArgs): Promise<SiteHost> {
  const { edge, servers, ingress, database, hosts, tls, app } = settings;
  const plan = topology({ network: settings.tunnel.network, ingress, servers, database: database.server });
  refuseMoves(await hostBefore(owner), { servers, database: database.server });
  const own: Stack = { settings, owner, name, plan, knownHostsFile: writeKnownHosts(stack, [edge, ...servers]) };
  const [edgeSight, seen, records] = await look(own);

  const behind = seen.some(({ terminatesTls }) => !terminatesTls);
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
      one.terminatesTls || authority === undefined
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
function look({ settings, owner, name, plan, knownHostsFile }: Stack) {
  const { edge, tunnel, ingress, tls, domain, hosts, dns, database } = settings;
  const front = expectedPorts({ ports: PUBLIC_PORTS });
  const back = expectedPorts(innerContainer(plan.ingress));
  const look = async (one: ServerSettings & Part): Promise<ServerSettings & Part & { readonly sight: Sight }> => {
    const ports = [
      ...(one.terminatesTls ? front : back),
      ...(one.name === database.server ? [{ port: POSTGRES_PORT, protocol: "tcp", holder: "homeport " } as const] : []),
    ];
    const sight = await observe(one, owner, knownHostsFile, serverExpectation(one, tunnel, ports));
    refuseOtherDatabase(one.name, sight.bundles.includes(databaseBundle(name)), database.server);
    return { ...one, sight };
  };
  return together([
    observe(edge, owner, knownHostsFile, edgeExpectation(tunnel, ingress === "edge" ? front : undefined)),
    together(mapAll(plan.members, look)),
    planRecords("dns", { domain, hosts, edge: edge.address, issuer: caaIssuer(tls), dns, owner }),
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
        terminatesTls: member.terminatesTls,
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
  const { name, platform, tunnelAddress, replicas, terminatesTls } = member;
  return {
    ...{ name, platform, tunnelAddress, replicas, network },
    access: machine.host,
    engine: machine.docker,
    // A server's proxy behind the ingress hands on what that has written, and is itself between the two.
    trustedProxies: subnet.apply((addresses) =>
      [addresses, ...(terminatesTls ? [] : [plan.ingress]), ...proxyRanges(settings.dns)].join(","),
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
