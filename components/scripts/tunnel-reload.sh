#!/bin/bash
# Brings a running WireGuard interface to its configuration without breaking what flows through it: tunnel-reload INTERFACE
# `wg syncconf` of the configuration alone would set the private key to none, because the keys are in files of their own (PostUp lines).
set -euo pipefail
interface=$1
conf=/etc/wireguard/$interface.conf

setting() { sed -n "s/^$1 = //p" "$conf"; }

address=$(ip -o -4 address show dev "$interface" | awk '{ print $4 }')
mtu=$(cat "/sys/class/net/$interface/mtu")

# The way back of visitors' answers, which only a start of the interface makes.
route_missing() {
  local table
  table=$(sed -n 's/^PostUp = ip route replace default dev %i table //p' "$conf")
  [ -n "$table" ] || return 1
  [ -z "$(ip -4 rule show table "$table")" ] || [ -z "$(ip -4 route show table "$table" default dev "$interface" 2>/dev/null)" ]
}

if [ "$address" != "$(setting Address)" ] || [ "$mtu" != "$(setting MTU)" ] || route_missing; then
  exec systemctl restart "wg-quick@$interface.service"
fi

wg-quick strip "$interface" | awk -v conf="$conf" '
  function content(file,  line) { getline line <file; close(file); return line }
  BEGIN {
    while ((getline line <conf) > 0) {
      count = split(line, word, " ")
      if (line ~ /^PostUp = wg set %i private-key /) key = content(word[7])
      if (line ~ /^PostUp = wg set %i peer /) shared[word[7]] = content(word[9])
    }
  }
  { print }
  $0 == "[Interface]" { print "PrivateKey = " key }
  # A server that was taken out may have lost its key before it leaves the configuration.
  $1 == "PublicKey" && shared[$3] != "" { print "PresharedKey = " shared[$3] }
' | wg syncconf "$interface" /dev/stdin
