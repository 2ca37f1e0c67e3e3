import * as pulumi from "@pulumi/pulumi";

import { HostAccess } from "../../components/machine/host-access";
import { HostAddress } from "../../settings/host-address";
import { ServerPlan } from "../../components/site/server";
import { DashboardLogin, TraefikSettings } from "../../components/proxy/traefik";
import { TunnelSettings } from "../../components/tunnel/tunnel";
import { VpsPlan } from "../../components/site/vps";

/** A host key of no host, which spells a name. */
export function hostKey(name: string): string {
  const blob = Buffer.alloc(51);
  blob.writeUInt32BE(11, 0);
  blob.write("ssh-ed25519", 4);
  blob.writeUInt32BE(32, 15);
  blob.write(name, 19);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

export const HOST_KEYS = {
  vps: hostKey("vps host key, made up for tests"),
  pi: hostKey("pi host key, made up for tests!"),
} as const;

/** WireGuard keys as they look in files. */
export const FAKE_KEYS = {
  edgePublic: "ZWRnZSBwdWJsaWMga2V5LCBtYWRlIHVwIGZvciB0ZXM=",
  serverPublic: "c2VydmVyIHB1YmxpYyBrZXksIG1hZGUgdXAgZm9yIHQ=",
  edgePrivate: "ZWRnZSBwcml2YXRlIGtleSwgbWFkZSB1cCBmb3IgdGU=",
  serverPrivate: "c2VydmVyIHByaXZhdGUga2V5LCBtYWRlIHVwIGZvciA=",
  shared: "cHJlc2hhcmVkIGtleSwgbWFkZSB1cCBmb3IgdGVzdHM=",
} as const;

/** A certificate's text; nothing reads what is in it. */
export const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----\n";

/** The key of that certificate. */
export const CERTIFICATE_KEY = "-----BEGIN EC PRIVATE KEY-----\nbWFkZSB1cA==\n-----END EC PRIVATE KEY-----\n";

export const TUNNEL: TunnelSettings = { interface: "wg0", port: 51820, mtu: 1420, keepaliveSeconds: 25 };

export const VPS_PLAN: VpsPlan = {
  login: "root",
  hostKey: HOST_KEYS.vps,
  sshPort: 22,
  sshFrom: [],
  tunnel: TUNNEL,
  publicKey: FAKE_KEYS.edgePublic,
  updates: { security: true, rebootAt: "04:30" },
  address: "10.77.0.1/24",
  target: "10.77.0.2",
  relayed: [],
};

export const SERVER_PLAN: ServerPlan = {
  user: "pi",
  hostKey: HOST_KEYS.pi,
  sshPort: 22,
  sshFrom: [],
  sshOverTunnel: false,
  place: "home",
  terminatesTls: true,
  inner: [],
  innerPorts: [],
  open: [],
  tunnel: TUNNEL,
  updates: { security: true },
  address: "10.77.0.2",
  network: "10.77.0.0/24",
  hub: { name: "vps", address: "10.77.0.1", publicKey: FAKE_KEYS.edgePublic, endpoint: "198.51.100.10:51820" },
};

export const TRAEFIK: TraefikSettings = {
  directory: "staging",
  email: "operator@example.org",
  caPem: undefined,
  entry: { trusted: [] },
};

/** The login of the dashboard. */
export const DASHBOARD: DashboardLogin = {
  user: "admin",
  hash: "$2a$10$madeup",
  hosts: ["192.168.77.10", "localhost"],
};

/** A host without a key of the operator's: the agent is asked. */
export const HOST: HostAddress = {
  name: "pi",
  address: "192.168.77.10",
  port: 22,
  user: "pi",
  hostKey: HOST_KEYS.pi,
  privateKeyFile: undefined,
  privateKey: undefined,
};

/** The same as an application sees it. */
export const HOST_ACCESS: HostAccess = {
  address: HOST,
  owner: "homeport/dev",
  revision: pulumi.output("1"),
  things: [],
};
