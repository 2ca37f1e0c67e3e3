import { isIP } from "node:net";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Flow } from "../../plan";
import { ServerSettings } from "../../settings";
import { ENGINE_PACKAGES, engineCheck, engineFiles, engineOf } from "../docker";
import {
  FIREWALL_CHECK,
  FIREWALL_UNIT,
  firewallFiles,
  firewallWatches,
  KernelSettings,
  renderServerFirewall,
  TUNNEL_MARK,
} from "../firewall";
import {
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
  presharedKeyFile,
  PRIVATE_KEY_FILE,
  renderWireGuard,
  TUNNEL_PROBE_UNIT,
  tunnelFiles,
  tunnelProbe,
  tunnelResolve,
  tunnelSecrets,
  TunnelSettings,
  tunnelUnit,
  tunnelWatch,
} from "../tunnel";
import { parseCidr } from "../../lib/cidr";

/** Loose, because the answer to a visitor leaves by another interface than the default route's (RFC 3704, section 2.4). */
const KERNEL: KernelSettings = { "net.ipv4.conf.all.rp_filter": 2, "net.ipv4.conf.default.rp_filter": 2 };

/** The edge from a server's point of view. */
export interface Hub {
  readonly name: string;
  /** Tunnel address. */
  readonly address: string;
  readonly publicKey: string;
  /** `host:port` of the edge on the internet; the host is an address or a name. */
  readonly endpoint: string;
}

/** The plan of a server. */
export interface ServerPlan {
  readonly user: string;
  /** The pinned host key. */
  readonly hostKey: string;
  readonly sshPort: number;
  /** Networks that may open ssh of a public server; empty: any. */
  readonly sshFrom: readonly string[];
  /** Whether the edge may open ssh through the tunnel. */
  readonly sshOverTunnel: boolean;
  /** `home`: behind a router. `public`: with an address on the internet, where nothing but ssh answers. */
  readonly place: "home" | "public";
  /** Whether visitors reach this server through the tunnel: TLS ends here. */
  readonly terminatesTls: boolean;
  /** Flows from other ends of the tunnel. */
  readonly inner: readonly Flow[];
  /** Ports that Docker publishes for them. */
  readonly innerPorts: readonly number[];
  /** Further open ports at home, such as `53/udp`. */
  readonly open: readonly string[];
  readonly updates: UpdateSettings;
  readonly tunnel: TunnelSettings;
  /** The server's own tunnel address. */
  readonly address: string;
  /** The tunnel's network. */
  readonly network: string;
  readonly hub: Hub;
}

export interface ServerArgs {
  readonly machine: ProbedMachine;
  readonly plan: Omit<ServerPlan, "hub">;
  readonly hub: Omit<Hub, "publicKey"> & { readonly publicKey: pulumi.Output<string> };
  readonly privateKey: pulumi.Output<string>;
  readonly presharedKey: pulumi.Output<string>;
  readonly proxy: Proxy;
}

/** A machine that runs the application: a spoke of the tunnel behind NAT, with Docker. */
export class Server extends pulumi.ComponentResource {
  public readonly host: Host;
  /** The server's Docker engine; usable once the host is converged. */
  public readonly docker: docker.Provider;

  public constructor(name: string, args: ServerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Server", name, {}, opts);
    const { plan, hub } = args;
    this.host = new Host(
      name,
      {
        machine: args.machine,
        spec: pulumi
          .all([hub.publicKey, args.proxy.spec])
          .apply(([publicKey, proxy]) => mergeSpecs(serverSpec({ ...plan, hub: { ...hub, publicKey } }), proxy)),
        secrets: pulumi
          .all([args.privateKey, args.presharedKey, args.proxy.secrets])
          .apply(([key, shared, proxy]) => mergeSpecs(tunnelSecrets(plan.tunnel, key, { [hub.name]: shared }), proxy)),
        parts: args.proxy.parts,
      },
      { parent: this },
    );
    this.docker = engineOf(name, args.machine, { parent: this, dependsOn: this.host });
    this.registerOutputs();
  }
}

/** What preflight demands of a server; `ports`: the ports that it publishes. */
export function serverExpectation(
  {
    name,
    address,
    platform,
    port,
    open,
    place,
  }: Pick<ServerSettings, "name" | "address" | "platform" | "port" | "open" | "place">,
  tunnel: TunnelSettings,
  ports: readonly ExpectedPort[],
): Expectation {
  const openings = { name, sshPort: port, open, dockerAnswers: place === "home" };
  return { role: "server", platform, address, tunnel: tunnel.interface, ports, openings };
}

/** A server's public spec, without the proxy. */
export function serverSpec(plan: ServerPlan): HostSpec {
  const { tunnel, address, network, hub, user, hostKey, place, terminatesTls } = plan;
  const sshd = { login: user, hostKey, place, tunnelAddress: plan.sshOverTunnel ? address : undefined };
  const { prefix } = parseCidr(network);
  const wireguard = renderWireGuard({
    address: `${address}/${prefix}`,
    mtu: tunnel.mtu,
    privateKeyFile: PRIVATE_KEY_FILE,
    // Also where TLS ends elsewhere: the route is set up with the interface, and after a change of `ingress` visitors come without a restart of it.
    returnRoute: true,
    peers: [
      {
        publicKey: hub.publicKey,
        presharedKeyFile: presharedKeyFile(hub.name),
        // Visitors keep their own addresses, so any source. The firewall decides what may enter.
        allowedIps: [terminatesTls ? "0.0.0.0/0" : network],
        endpoint: hub.endpoint,
        keepaliveSeconds: tunnel.keepaliveSeconds,
      },
    ],
  });
  // A name's address may change.
  const named = isIP(hub.endpoint.replace(/:\d+$/, "")) === 0;
  const resolve = named ? tunnelResolve(tunnel) : { files: [], units: [] };
  const watch = tunnelWatch(tunnel);
  return mergeSpecs(securityUpdates(plan.updates), {
    ...EMPTY_SPEC,
    packages: [...ENGINE_PACKAGES, "curl", "iproute2", "iptables", "iputils-ping", "nftables", "wireguard-tools"],
    groups: [{ group: "docker", user }],
    files: [
      ...firewallFiles(
        renderServerFirewall({ ...plan, sshOverTunnel: plan.sshOverTunnel ? hub.address : undefined }),
        KERNEL,
      ),
      ...tunnelFiles(tunnel, wireguard, [TUNNEL_PROBE_UNIT, ...watch.units]),
      tunnelProbe(hub.address, tunnel),
      ...watch.files,
      ...resolve.files,
      ...engineFiles(),
      ...sshdFiles(sshd),
    ],
    units: [FIREWALL_UNIT, tunnelUnit(tunnel), TUNNEL_PROBE_UNIT, ...watch.units, ...resolve.units, "docker.service"],
    watches: [
      ...firewallWatches(KERNEL),
      { kind: "tunnel", name: tunnel.interface, unit: tunnelUnit(tunnel), action: "reload" },
      // By which answers to visitors go back into the tunnel; systemd-networkd takes out rules of others when it restarts (ManageForeignRoutingPolicyRules).
      { kind: "route", name: String(TUNNEL_MARK), unit: tunnelUnit(tunnel), action: "reload" },
    ],
    checks: [
      FIREWALL_CHECK,
      engineCheck(user),
      {
        claim: `the edge answers through the tunnel, by UDP to ${hub.endpoint}, which the VPS's provider has to let in and the home router out`,
        command: `ping -q -c 1 -W 2 ${hub.address}`,
      },
      {
        claim: "answers to visitors go back into the tunnel",
        command: `ip -4 rule show table ${TUNNEL_MARK} | grep fwmark && ip -4 route show table ${TUNNEL_MARK} | grep '^default dev ${tunnel.interface}'`,
      },
      ...sshdChecks(sshd),
    ],
  });
}
