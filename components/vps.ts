import * as pulumi from "@pulumi/pulumi";

import { FIREWALL_CHECK, FIREWALL_UNIT, firewallFiles, firewallWatches, KernelSettings } from "./firewall";
import { HostAddress } from "./host/connection";
import { Host } from "./host/host";
import { EMPTY_SPEC, HostSpec } from "./host/host-spec";
import { Observation } from "./host/observation";
import { Expectation } from "./host/preflight";
import { renderEdgeFirewall } from "./render/nftables";
import { renderWireGuard } from "./render/wireguard";
import { sshdChecks, sshdFiles } from "./sshd";
import { PRIVATE_KEY_FILE, presharedKeyFile, tunnelFiles, tunnelSecrets, TunnelSettings, tunnelUnit } from "./tunnel";

/** The edge forwards packets. */
const KERNEL: KernelSettings = { "net.ipv4.ip_forward": 1 };

/** A server as the edge sees it. */
export interface Spoke {
  readonly name: string;
  /** Tunnel address. */
  readonly address: string;
  readonly publicKey: string;
}

/** What the edge is told. */
export interface VpsPlan {
  /** The user by whom this program logs in. */
  readonly login: string;
  readonly sshPort: number;
  /** Networks that may open ssh; empty: any. */
  readonly sshFrom: readonly string[];
  readonly tunnel: TunnelSettings;
  /** The edge's own tunnel address with the network's prefix length. */
  readonly address: string;
  /** The server that takes the site's traffic. */
  readonly spoke: Spoke;
}

export interface VpsArgs {
  readonly address: HostAddress;
  readonly owner: string;
  readonly observation: Observation;
  readonly plan: Omit<VpsPlan, "spoke">;
  readonly spoke: Omit<Spoke, "publicKey"> & { readonly publicKey: pulumi.Output<string> };
  readonly privateKey: pulumi.Output<string>;
  readonly presharedKey: pulumi.Output<string>;
}

/** The machine with the public address: the tunnel's hub, and DNAT of 80 and 443 into it. It holds no certificate and no key of the site. */
export class Vps extends pulumi.ComponentResource {
  public readonly host: Host;

  public constructor(name: string, args: VpsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Vps", name, {}, opts);
    const { plan, spoke } = args;
    this.host = new Host(
      name,
      {
        address: args.address,
        owner: args.owner,
        observation: args.observation,
        spec: spoke.publicKey.apply((publicKey) => vpsSpec({ ...plan, spoke: { ...spoke, publicKey } })),
        secrets: pulumi
          .all([args.privateKey, args.presharedKey])
          .apply(([key, shared]) => tunnelSecrets(plan.tunnel, key, { [spoke.name]: shared })),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** What a machine has to be like to become the edge. */
export function edgeExpectation(tunnel: TunnelSettings): Expectation {
  return {
    role: "edge",
    ports: [
      { port: 80, protocol: "tcp" },
      { port: 443, protocol: "tcp" },
      { port: tunnel.port, protocol: "udp", holder: `wireguard ${tunnel.interface}` },
    ],
  };
}

/** Everything public that the edge is told. */
export function vpsSpec(plan: VpsPlan): HostSpec {
  const { tunnel, address, spoke, login, sshPort, sshFrom } = plan;
  const wireguard = renderWireGuard({
    address,
    mtu: tunnel.mtu,
    listenPort: tunnel.port,
    privateKeyFile: PRIVATE_KEY_FILE,
    // A server may speak for its own address only.
    peers: [
      {
        publicKey: spoke.publicKey,
        presharedKeyFile: presharedKeyFile(spoke.name),
        allowedIps: [`${spoke.address}/32`],
      },
    ],
  });
  return {
    ...EMPTY_SPEC,
    packages: ["iproute2", "nftables", "wireguard-tools"],
    files: [
      ...firewallFiles(renderEdgeFirewall({ sshPort, sshFrom, tunnel, target: spoke.address }), KERNEL),
      ...tunnelFiles(tunnel, wireguard),
      ...sshdFiles(login),
    ],
    units: [FIREWALL_UNIT, tunnelUnit(tunnel)],
    watches: [
      ...firewallWatches(KERNEL),
      { kind: "wg", name: tunnel.interface, unit: tunnelUnit(tunnel), action: "reload" },
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
      ...sshdChecks(login),
    ],
  };
}
