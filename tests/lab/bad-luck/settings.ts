import { BadLuck } from "../../support/bad-luck";

/** Ten values that cannot be right, by path, with what is said of each. */
const TEN_FAULTS = {
  settings: {
    "homeport:domain": "Weblog",
    "homeport:edge": { port: 70000, hostKey: "AAAA", sshFrom: ["10.0.0.0/40"] },
    "homeport:tunnel": { mtu: 9000, network: "10.77.0.0" },
    "homeport:tls": { email: "operator" },
    "homeport:dns": { zoneId: "weblog.test" },
    "homeport:app": { workers: 0, colour: "green" },
  },
  paths: [
    "app.colour",
    "app.workers",
    "dns.zoneId",
    "domain",
    "edge.hostKey",
    "edge.port",
    "edge.sshFrom[0]",
    "tls.email",
    "tunnel.mtu",
    "tunnel.network",
  ],
};

/** Settings that cannot be right. */
export const BAD_SETTINGS: readonly BadLuck[] = [
  {
    name: "a configuration with ten faults",
    settings: () => TEN_FAULTS.settings,
    says: () => ["the configuration of stack dev has 10 fault(s)", ...TEN_FAULTS.paths.map((path) => `  ${path}: `)],
  },
];
