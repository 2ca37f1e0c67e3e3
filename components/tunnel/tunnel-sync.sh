#!/bin/bash
# Sets the keys and peers of a running WireGuard interface without interrupting traffic: tunnel-sync INTERFACE
# Runs after each start (ExecStartPost) and reload.
# From its configuration and the files in INTERFACE.peers, one per peer. `wg syncconf` of the configuration alone would clear the private key, because the
# keys are in files of their own (PostUp lines).
# prepend: tunnel/tunnel-conf.sh
set -euo pipefail
interface=$1
declare -A shared=()
private=

# Reads the keys from the files named in the configuration's `wg set` commands.
read_keys() {
  local words peer file
  while read -ra words; do
    if file=$(word_after private-key "${words[@]}"); then private=$(cat "$file"); fi
    # A key can be removed before the configuration that names it; a reload in between must not fail.
    if peer=$(word_after peer "${words[@]}") && file=$(word_after preshared-key "${words[@]}") && [ -f "$file" ]; then
      shared[$peer]=$(cat "$file")
    fi
  done < <(commands_of "$interface" 'wg set %i')
}

with_keys() {
  local line
  while read -r line; do
    printf '%s\n' "$line"
    case $line in
      '[Interface]') printf 'PrivateKey = %s\n' "$private" ;;
      'PublicKey = '*)
        line=${line#PublicKey = }
        [ -z "${shared[$line]:-}" ] || printf 'PresharedKey = %s\n' "${shared[$line]}"
        ;;
    esac
  done
}

# A peer that is new to the interface gets the endpoint of before its last stop in the same step: a packet for a peer without one makes WireGuard wait
# 5 s (REKEY_TIMEOUT) before it tries again.
peers() {
  local file key endpoint kept
  kept=$(kept_endpoints "$interface")
  for file in "/etc/wireguard/$interface.peers"/*.conf; do
    [ -f "$file" ] || continue
    cat "$file"
    [ -f "$kept" ] || continue
    key=$(sed -n 's/^PublicKey = //p' "$file")
    endpoint=$(awk -v key="$key" '$1 == key { print $2 }' "$kept")
    [ -z "$endpoint" ] || wg show "$interface" peers | grep -qxF "$key" || printf 'Endpoint = %s\n' "$endpoint"
  done
}

configuration() {
  wg-quick strip "$interface" | with_keys
  peers
}

read_keys
configuration | wg syncconf "$interface" /dev/stdin
