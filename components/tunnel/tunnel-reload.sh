#!/bin/bash
# Applies its configuration to a running WireGuard interface without interrupting traffic: tunnel-reload INTERFACE
# Restarts the interface for what only a start can set.
# prepend: tunnel/tunnel-conf.sh
set -euo pipefail
interface=$1
conf=/etc/wireguard/$interface.conf

setting() { sed -n "s/^$1 = //p" "$conf"; }

# The return route of visitors' answers, which only a start of the interface sets.
route_missing() {
  local words table
  read -ra words < <(commands_of "$interface" 'ip route') || return 1
  table=$(word_after table "${words[@]}")
  [ -z "$(ip -4 rule show table "$table")" ] || [ -z "$(ip -4 route show table "$table" default dev "$interface" 2>/dev/null)" ]
}

restart() { exec systemctl restart "wg-quick@$interface.service"; }

# The unit stays active when its interface is gone.
[ -e "/sys/class/net/$interface" ] || restart

address=$(ip -o -4 address show dev "$interface" | awk '{ print $4 }')
mtu=$(cat "/sys/class/net/$interface/mtu")
if [ "$address" != "$(setting Address)" ] || [ "$mtu" != "$(setting MTU)" ] || route_missing; then
  restart
fi

exec "${0%/*}/tunnel-sync" "$interface"
