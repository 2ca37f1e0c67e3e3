#!/bin/bash
# Finds a peer whose name resolves to a new address: tunnel-resolve INTERFACE
# WireGuard resolves a name only once, when the interface comes up.
# prepend: machine/scripts/say.sh
set -euo pipefail
interface=$1
# A live peer repeats its handshake every 120 s (REKEY_AFTER_TIME) while data flows; the same limit as in wireguard-tools' reresolve-dns.sh.
SILENT_SECONDS=135

endpoints() { wg show "$interface" endpoints; }

awk '/^PublicKey = / { peer = $3 } /^Endpoint = / { print peer, $3 }' "/etc/wireguard/$interface.conf" |
  while read -r peer endpoint; do
    # `wg set` would recreate a removed peer; leave that to `pulumi up`.
    handshake=$(wg show "$interface" latest-handshakes | awk -v peer="$peer" '$1 == peer { print $2 }')
    if [ -z "$handshake" ] || [ $(($(date +%s) - handshake)) -le "$SILENT_SECONDS" ]; then continue; fi
    before=$(endpoints)
    wg set "$interface" peer "$peer" endpoint "$endpoint"
    # <5>: a notice (sd-daemon(3)).
    after=$(endpoints)
    [ "$after" = "$before" ] || say "<5>$endpoint resolves to a new address: $(cut -f2 <<<"$after")"
  done
