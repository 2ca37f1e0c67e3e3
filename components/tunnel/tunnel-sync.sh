#!/bin/bash
# Gives a running WireGuard interface its keys and its peers, without breaking what flows through it: tunnel-sync INTERFACE
# They are those of its configuration, and of the files in INTERFACE.peers, one a peer. `wg syncconf` of the configuration alone would set the
# private key to none, because the keys are in files of their own (PostUp lines).
set -euo pipefail
interface=$1
declare -A shared=()
private=

# Reads the keys from the files that the configuration's own `wg set` commands name.
read_keys() {
  local words peer file
  while read -ra words; do
    if file=$(word_after private-key "${words[@]}"); then private=$(cat "$file"); fi
    # Keys are written before the configuration: between the two it may name one that is gone.
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

peers() {
  local file
  for file in "/etc/wireguard/$interface.peers"/*.conf; do
    [ ! -f "$file" ] || cat "$file"
  done
}

configuration() {
  wg-quick strip "$interface" | with_keys
  peers
}

read_keys
configuration | wg syncconf "$interface" /dev/stdin
