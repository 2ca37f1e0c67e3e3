#!/bin/bash
# Waits until a WireGuard interface is gone, and starts it again: tunnel-watch INTERFACE
# The unit of wg-quick stays active without its interface, as after a crash of wireguard-go.
# prepend: machine/scripts/say.sh
set -euo pipefail
interface=$1
# A link that goes before the kernel reports to us shows at the next look. Above 128: nothing was read in time.
LOOK_SECONDS=10
PAUSE_SECONDS=5

exec {events}< <(exec ip -o monitor link)
while [ -e "/sys/class/net/$interface" ]; do
  read -r -t "$LOOK_SECONDS" _ <&"$events" || [ $? -gt 128 ]
done
# One that goes as soon as it is there must not keep the machine busy.
[ "$SECONDS" -ge "$PAUSE_SECONDS" ] || sleep "$PAUSE_SECONDS"
# <4>: a warning (sd-daemon(3)).
say "<4>the interface $interface is gone: starting it again"
exec systemctl --no-block restart "wg-quick@$interface.service"
