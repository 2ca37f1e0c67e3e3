import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Flow, SITE_PORTS } from "../../plan";
import { Login } from "../../settings";
import { engineOf, engineSpec } from "../docker";
import {
  FIREWALL_CHECK,
  FIREWALL_UNIT,
  firewallFiles,
  firewallWatches,
  KernelSettings,
  renderEdgeFirewall,
} from "../firewall";
import {
  bundleCommand,
  EMPTY_SPEC,
  Expectation,
  ExpectedPort,
  Host,
  HostSpec,
  mergeSpecs,
  ProbedMachine,
  securityUpdates,
  sshdChecks,
  sshdFiles,
  UpdateSettings,
} from "../machine";
import { Proxy } from "../proxy";
import {
  peersDirectory,
  PRIVATE_KEY_FILE,
  renderWireGuard,
  tunnelEndpoints,
  tunnelFiles,
  TunnelKeys,
  tunnelPeer,
  tunnelSecrets,
  TunnelSettings,
  tunnelUnit,
  tunnelWatch,
} from "../tunnel";

/** The edge forwards packets. */
const KERNEL: KernelSettings = { "net.ipv4.ip_forward": 1 };

/** With a proxy, packages that Docker would install later: they bring /etc/protocols, after which `nft list` writes protocols as words, which looks like drift. */
const BEFORE_ENGINE: HostSpec = { ...EMPTY_SPEC, packages: ["iptables"] };

/** A server from the edge's point of view. */
export interface Spoke {
  readonly name: string;
  /** Tunnel address. */
  readonly address: string;
  readonly publicKey: pulumi.Output<string>;
  readonly presharedKey: pulumi.Output<string>;
}

/** The plan of the edge. */
export interface VpsPlan {
  /** The user of this program's ssh. */
  readonly login: string;
  /** The pinned host key. */
  readonly hostKey: string;
  readonly sshPort: number;
  /** Networks that may open ssh; empty: any. */
  readonly sshFrom: readonly string[];
  readonly tunnel: TunnelSettings;
  /** Of its own end of the tunnel. */
  readonly publicKey: string;
  /** The edge's own tunnel address with the network's prefix length. */
  readonly address: string;
  /** Tunnel address of the server that gets the site's traffic; undefined: the edge's own proxy does. */
  readonly target: string | undefined;
  readonly updates: UpdateSettings;
  /** Connections that servers may open to each other through the edge. */
  readonly relayed: readonly Flow[];
}

export interface VpsArgs {
  readonly machine: ProbedMachine;
  readonly plan: Omit<VpsPlan, "publicKey">;
  /** The servers, in any order. */
  readonly spokes: readonly Spoke[];
  /** Of its end of the tunnel. */
  readonly keys: Pick<TunnelKeys, "privateKey" | "publicKey">;
  /** The proxy, where TLS ends at the edge; undefined: the edge has no engine. */
  readonly proxy: Proxy | undefined;
}

/**
 * The machine with the public address: the tunnel's hub, and DNAT of 80 and 443 into it. It has no certificate and no key of the site, unless TLS
 * ends there.
 */
export class Vps extends pulumi.ComponentResource {
  public readonly host: Host;
  /** The edge's Docker engine, where it has a proxy; usable once the host is converged. */
  public readonly docker: docker.Provider | undefined;

  public constructor(name: string, args: VpsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Vps", name, {}, opts);
    const { plan, proxy } = args;
    this.host = new Host(
      name,
      {
        machine: args.machine,
        spec: pulumi.all([args.keys.publicKey, proxy?.spec ?? EMPTY_SPEC]).apply(([publicKey, added]) => {
          const own = vpsSpec({ ...plan, publicKey });
          return mergeSpecs(own, proxy === undefined ? added : mergeSpecs(BEFORE_ENGINE, added));
        }),
        secrets: pulumi
          .all([args.keys.privateKey, proxy?.secrets ?? EMPTY_SPEC])
          .apply(([key, added]) => mergeSpecs(vpsSecrets(plan.tunnel, key), added)),
        // A removed server stays in the tunnel until nothing connects to it any more.
        parts: [
          ...args.spokes.map((spoke) => ({ name: `peer-${spoke.name}`, spec: spokeSpec(plan.tunnel, spoke) })),
          ...(proxy?.parts ?? []),
        ],
      },
      { parent: this },
    );
    this.docker = proxy === undefined ? undefined : edgeEngine(name, this.host, this);
    this.registerOutputs();
  }
}

/**
 * The edge's engine, as a separate bundle. It is applied once packets are forwarded: where Docker turns forwarding on itself, it sets iptables' FORWARD policy to DROP
 * and leaves it so (libnetwork, setupIPForwarding). It is removed after the last container in it, the proxy, which could not be deleted without it.
 */
function edgeEngine(name: string, host: Host, parent: pulumi.Resource): docker.Provider {
  const engine = bundleCommand(
    `${name}-engine`,
    { host, bundle: "engine", spec: engineSpec(host.address.user), secret: false },
    { parent, dependsOn: host },
  );
  return engineOf(name, host, { parent, dependsOn: engine });
}

/** What preflight demands of the edge; `proxy`: the ports of its proxy, where TLS ends there. */
export function edgeExpectation(
  { name, port }: Pick<Login, "name" | "port">,
  tunnel: TunnelSettings,
  proxy: readonly ExpectedPort[] | undefined,
): Expectation {
  return {
    openings: { name, sshPort: port, open: undefined, dockerAnswers: false },
    role: proxy === undefined ? "edge" : "proxy",
    tunnel: tunnel.interface,
    ports: [
      ...(proxy ?? SITE_PORTS.map((port) => ({ port, protocol: "tcp" as const }))),
      { port: tunnel.port, protocol: "udp", holder: `wireguard ${tunnel.interface}` },
    ],
  };
}

/** The edge's secret spec; the directory outlives the peers in it. */
export function vpsSecrets(tunnel: TunnelSettings, privateKey: string): HostSpec {
  const secrets = tunnelSecrets(tunnel, privateKey, {});
  return { ...secrets, directories: [...secrets.directories, { path: peersDirectory(tunnel), mode: "0700" }] };
}

/** A server's end of the tunnel: it may speak for its own address only. */
function spokeSpec(tunnel: TunnelSettings, { name, address, publicKey, presharedKey }: Spoke): pulumi.Output<HostSpec> {
  return pulumi
    .all([publicKey, presharedKey])
    .apply(([key, shared]) => tunnelPeer(tunnel, name, { publicKey: key, allowedIps: [`${address}/32`] }, shared));
}

/** The edge's public spec. */
export function vpsSpec(plan: VpsPlan): HostSpec {
  const { tunnel, address, target, relayed, login, hostKey, sshPort, sshFrom } = plan;
  const sshd = { login, hostKey, place: "public" } as const;
  const wireguard = renderWireGuard({
    address,
    mtu: tunnel.mtu,
    listenPort: tunnel.port,
    privateKeyFile: PRIVATE_KEY_FILE,
    publicKey: plan.publicKey,
    peers: [],
  });
  const endpoints = tunnelEndpoints(tunnel);
  const watch = tunnelWatch(tunnel);
  return mergeSpecs(securityUpdates(plan.updates), {
    ...EMPTY_SPEC,
    packages: ["iproute2", "nftables", "wireguard-tools"],
    files: [
      ...firewallFiles(renderEdgeFirewall({ sshPort, sshFrom, tunnel, target, relayed }), KERNEL),
      ...tunnelFiles(tunnel, wireguard, watch.units),
      ...endpoints.files,
      ...watch.files,
      ...sshdFiles(sshd),
    ],
    leftovers: endpoints.leftovers,
    units: [FIREWALL_UNIT, tunnelUnit(tunnel), ...endpoints.units, ...watch.units],
    watches: [
      ...firewallWatches(KERNEL),
      { kind: "tunnel", name: tunnel.interface, unit: tunnelUnit(tunnel), action: "reload" },
    ],
    checks: [
      { claim: "packets are forwarded", command: `test "$(cat /proc/sys/net/ipv4/ip_forward)" = 1` },
      FIREWALL_CHECK,
      {
        claim: `the tunnel listens on UDP port ${tunnel.port}`,
        command: `test "$(wg show ${tunnel.interface} listen-port)" = ${tunnel.port}`,
      },
      {
        claim: "the tunnel leads to the servers and into no home network",
        command: `! ip -4 route show dev ${tunnel.interface} | grep -v 'proto kernel'`,
      },
      ...sshdChecks(sshd),
    ],
  });
}
