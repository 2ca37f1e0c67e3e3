/** The nftables rules of the edge and of a server, and the kernel settings that they count on. */
export { addressOf, containerFirewallSpec } from "./containers";
export { FIREWALL_CHECK, FIREWALL_UNIT, firewallFiles, firewallWatches } from "./firewall";
export type { KernelSettings } from "./firewall";
export { TUNNEL_MARK, renderEdgeFirewall, renderServerFirewall } from "./nftables";
