#!/bin/bash
# Finds a peer again whose name has got another address: tunnel-resolve INTERFACE
# WireGuard looks a name up once, when the interface comes up.
set -euo pipefail
interface=$1
# A peer that is there shakes hands every 120 s (REKEY_AFTER_TIME) if data flows; the same bound as in wireguard-tools' reresolve-dns.sh.
SILENT_SECONDS=135

endpoints() { wg show "$interface" endpoints; }

awk '/^PublicKey = / { peer = $3 } /^Endpoint = / { print peer, $3 }' "/etc/wireguard/$interface.conf" |
  while read -r peer endpoint; do
    # `wg set` would make a peer that somebody has taken away; that is for `pulumi up`.
    heard=$(wg show "$interface" latest-handshakes | awk -v peer="$peer" '$1 == peer { print $2 }')
    if [ -z "$heard" ] || [ $(($(date +%s) - heard)) -le "$SILENT_SECONDS" ]; then continue; fi
    before=$(endpoints)
    wg set "$interface" peer "$peer" endpoint "$endpoint"
    # <5>: a notice (sd-daemon(3)).
    after=$(endpoints)
    [ "$after" = "$before" ] || say "<5>$endpoint has another address than before: $(cut -f2 <<<"$after")"
  done
