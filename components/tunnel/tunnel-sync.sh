#!/bin/bash
# Gives a running WireGuard interface its keys and its peers, without breaking what flows through it: tunnel-sync INTERFACE
# They are those of its configuration, and of the files in INTERFACE.peers, one a peer. `wg syncconf` of the configuration alone would set the
# private key to none, because the keys are in files of their own (PostUp lines).
set -euo pipefail
interface=$1
conf=/etc/wireguard/$interface.conf

with_keys() {
  awk -v conf="$conf" '
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
    # Keys are written before the configuration: between the two it may name one that is gone.
    $1 == "PublicKey" && shared[$3] != "" { print "PresharedKey = " shared[$3] }'
}

peers() {
  local file
  for file in "/etc/wireguard/$interface.peers"/*.conf; do
    [ ! -f "$file" ] || cat "$file"
  done
}

{ wg-quick strip "$interface" | with_keys && peers; } | wg syncconf "$interface" /dev/stdin
