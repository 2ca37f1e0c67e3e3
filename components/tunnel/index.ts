/** WireGuard between the edge and the servers. */
export { SharedKey, TunnelKeys } from "./tunnel-keys";
export { TUNNEL_PROBE_UNIT, tunnelProbe } from "./tunnel-probe";
export { tunnelEndpoints } from "./tunnel-endpoints";
export { tunnelResolve } from "./tunnel-resolve";
export { tunnelWatch } from "./tunnel-watch";
export {
  PRIVATE_KEY_FILE,
  peersDirectory,
  presharedKeyFile,
  tunnelFiles,
  tunnelPeer,
  tunnelSecrets,
  tunnelUnit,
} from "./tunnel";
export type { TunnelSettings } from "./tunnel";
export { renderWireGuard } from "./wireguard";
