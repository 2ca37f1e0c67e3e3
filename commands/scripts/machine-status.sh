# shellcheck shell=sh
# The status of any machine. Reads only. A line `problem: ...` says what is wrong.
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# WireGuard makes new keys every 120 s and gives up after 180 (whitepaper, section 6.1); a keepalive passes in between.
SILENT_SECONDS=200
# Below it an image no longer fits, and soon nothing can be written.
LEAST_MB=500

echo "up: $(uptime -p 2>/dev/null | sed 's/^up //')"
echo "tunnel:"
as_root wg show all latest-handshakes | awk -v now="$(date +%s)" -v silent="$SILENT_SECONDS" '{
  if ($3 == 0) { print "  " $1 ": no handshake yet"; print "problem: the tunnel " $1 " has never had a handshake with one of its peers: is UDP of tunnel.port open at the VPS and its provider?" }
  else {
    print "  " $1 ": last handshake " now - $3 " s ago"
    if (now - $3 > silent) print "problem: the tunnel " $1 " has been silent for " now - $3 " s: is UDP of tunnel.port open at the VPS and its provider?"
  }
}'
echo "disk:"
df -P -m / /var/lib/docker 2>/dev/null | awk -v least="$LEAST_MB" 'NR > 1 && !seen[$6]++ {
  print "  " $6 ": " $4 " of " $2 " MB free"
  if ($4 < least) print "problem: only " $4 " MB are free in " $6 ": remove what is not needed, such as unused images (docker image prune -a)"
}'
echo "memory: $(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo) MB available"
