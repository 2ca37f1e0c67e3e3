import { HostSpec, renderUnit, script } from "../machine";
import { TunnelSettings } from "./tunnel";

const SCRIPT = "/usr/local/lib/homeport/tunnel-resolve";
const SERVICE = "homeport-tunnel-resolve.service";
const TIMER = "homeport-tunnel-resolve.timer";

/** Seconds between two checks; `tunnel-resolve.sh` decides when a peer counts as lost. */
const CHECK_SECONDS = 30;

/** Resolves the name of the other end again once it has fallen silent. */
export function tunnelResolve(tunnel: TunnelSettings): Pick<HostSpec, "files" | "units"> {
  const service = renderUnit("tunnel-resolve.ts", {
    Unit: {
      Description: "Look up the other end of the tunnel again, if it has fallen silent",
      ConditionPathExists: `/sys/class/net/${tunnel.interface}`,
    },
    Service: {
      Type: "oneshot",
      ExecStart: `${SCRIPT} ${tunnel.interface}`,
      // The next check is the retry. By default wg retries an unknown name forever.
      Environment: "WG_ENDPOINT_RESOLUTION_RETRIES=1",
      // Without this, two journal lines per check.
      LogLevelMax: "notice",
    },
  });
  const timer = renderUnit("tunnel-resolve.ts", {
    Unit: { Description: "Look after the other end of the tunnel" },
    Timer: { OnActiveSec: String(CHECK_SECONDS), OnUnitActiveSec: String(CHECK_SECONDS), AccuracySec: "1s" },
    Install: { WantedBy: "timers.target" },
  });
  return {
    files: [
      { path: SCRIPT, text: script("tunnel/tunnel-resolve.sh"), mode: "0755" },
      { path: `/etc/systemd/system/${SERVICE}`, text: service },
      { path: `/etc/systemd/system/${TIMER}`, text: timer, onChange: { unit: TIMER, action: "restart" } },
    ],
    units: [TIMER],
  };
}
