#!/bin/bash
# Keeps where the peers of an interface are, for its next start: tunnel-endpoints INTERFACE
# A peer behind NAT has no endpoint in the configuration. After a restart its next packet tells where it is, and until then nothing can be sent to it.
# An endpoint that is out of date harms nothing: WireGuard sends a handshake there, and takes the peer's own as soon as it comes.
# prepend: tunnel/tunnel-conf.sh
set -euo pipefail
interface=$1
kept=$(kept_endpoints "$interface")
before=/dev/null
[ ! -f "$kept" ] || before=$kept
# Peers whose endpoint is not known now keep the one of before; peers that are gone go.
now=$(wg show "$interface" endpoints | awk -v kept="$before" '
  FILENAME == kept { before[$1] = $2; next }
  $2 == "(none)" { $2 = before[$1] }
  $2 != "" { print $1, $2 }' "$before" -)
[ "$now" != "$(cat "$before")" ] || exit 0
umask 077
mkdir -p "${kept%/*}"
printf '%s\n' "$now" >"$kept.new"
mv "$kept.new" "$kept"
