import { HostFile, HostSpec, renderUnit, script } from "../machine";
import { TunnelSettings, tunnelUnit } from "./tunnel";

const SCRIPT = "/usr/local/lib/homeport/tunnel-watch";
const UNIT = "homeport-tunnel-watch.service";

/** Seconds until the watch itself is started again. */
const RESTART_SECONDS = 5;

/** Starts the tunnel again when its interface is gone, whatever took it. */
export function tunnelWatch(tunnel: TunnelSettings): Pick<HostSpec, "files" | "units"> {
  const unit = tunnelUnit(tunnel);
  const files: HostFile[] = [
    {
      path: SCRIPT,
      text: script("tunnel/tunnel-watch.sh"),
      mode: "0755",
      onChange: { unit: UNIT, action: "restart" },
    },
    {
      path: `/etc/systemd/system/${UNIT}`,
      text: renderUnit("tunnel-watch.ts", {
        // Runs only while the tunnel counts as up: an orderly stop and a failed start are none of its business.
        Unit: { Description: "Start the tunnel again when its interface is gone", After: unit, BindsTo: unit },
        Service: {
          ExecStart: `${SCRIPT} ${tunnel.interface}`,
          Restart: "on-failure",
          RestartSec: String(RESTART_SECONDS),
        },
        Install: { WantedBy: "multi-user.target" },
      }),
      onChange: { unit: UNIT, action: "restart" },
    },
  ];
  return { files, units: [UNIT] };
}
