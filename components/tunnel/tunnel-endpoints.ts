import { HostFile, HostSpec, renderUnit, script } from "../machine";
import { TunnelSettings, tunnelUnit } from "./tunnel";

const SCRIPT = "/usr/local/lib/homeport/tunnel-endpoints";
const SERVICE = "homeport-tunnel-endpoints.service";
const TIMER = "homeport-tunnel-endpoints.timer";

/** Seconds between two looks, for a machine that loses its power; an orderly stop saves by itself. The disk is written only when a peer has moved. */
const SAVE_SECONDS = 60;

/** Keeps at the hub where its peers were last for `tunnel-sync.sh`, so that a restart of it costs no wait for their next packet: 15 to 17 s without. */
export function tunnelEndpoints(tunnel: TunnelSettings): Pick<HostSpec, "files" | "units" | "leftovers"> {
  const unit = tunnelUnit(tunnel);
  const files: HostFile[] = [
    { path: SCRIPT, text: script("tunnel/tunnel-endpoints.sh"), mode: "0755" },
    {
      path: `/etc/systemd/system/${unit}.d/homeport.endpoints.conf`,
      text: renderUnit("tunnel-endpoints.ts", {
        Service: {
          // While the interface is still there.
          ExecStop: ["", `-${SCRIPT} %i`, "/usr/bin/wg-quick down %i"],
        },
      }),
    },
    {
      path: `/etc/systemd/system/${SERVICE}`,
      text: renderUnit("tunnel-endpoints.ts", {
        Unit: {
          Description: "Keep where the other ends of the tunnel are",
          ConditionPathExists: `/sys/class/net/${tunnel.interface}`,
        },
        // Without the level, two journal lines per look.
        Service: { Type: "oneshot", ExecStart: `${SCRIPT} ${tunnel.interface}`, LogLevelMax: "notice" },
      }),
    },
    {
      path: `/etc/systemd/system/${TIMER}`,
      text: renderUnit("tunnel-endpoints.ts", {
        Unit: { Description: "Look where the other ends of the tunnel are" },
        Timer: { OnActiveSec: String(SAVE_SECONDS), OnUnitActiveSec: String(SAVE_SECONDS), AccuracySec: "10s" },
        Install: { WantedBy: "timers.target" },
      }),
      onChange: { unit: TIMER, action: "restart" },
    },
  ];
  return { files, units: [TIMER], leftovers: [`/var/lib/homeport-tunnel/${tunnel.interface}.endpoints`] };
}
