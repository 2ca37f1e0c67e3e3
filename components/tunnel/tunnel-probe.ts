import { HostFile, renderUnit } from "../machine";
import { TunnelSettings, tunnelUnit } from "./tunnel";

/**
 * Keeps data in the tunnel. Without any, WireGuard notices a restarted hub only at its two-minute rekey (REKEY_AFTER_TIME); in the lab the
 * site was back 19 s after a restart of the edge, container start included.
 */
export const TUNNEL_PROBE_UNIT = "homeport-tunnel-probe.service";
const PROBE_SECONDS = 5;

/** The unit that pings the edge through the tunnel. */
export function tunnelProbe(hub: string, tunnel: TunnelSettings): HostFile {
  return {
    path: `/etc/systemd/system/${TUNNEL_PROBE_UNIT}`,
    text: renderUnit("server.ts", {
      Unit: {
        Description: "Data in the tunnel, so that a restarted edge is noticed",
        After: tunnelUnit(tunnel),
        PartOf: tunnelUnit(tunnel),
      },
      Service: {
        ExecStart: `/bin/ping -q -n -i ${PROBE_SECONDS} ${hub}`,
        Restart: "always",
        RestartSec: String(PROBE_SECONDS),
        DynamicUser: "yes",
        AmbientCapabilities: "CAP_NET_RAW",
      },
      Install: { WantedBy: "multi-user.target" },
    }),
    onChange: { unit: TUNNEL_PROBE_UNIT, action: "restart" },
  };
}
