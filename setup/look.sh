# shellcheck shell=sh
# What a machine is, a line each: a word, then its value. Changes nothing, needs no root. Argument: an address on the way out, or nothing.
say() { printf '%s\n' "$*"; }
# shellcheck disable=SC1091
system=$(. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME-}")
say system "${system:-unknown}"
say kernel "$(uname -m)"
say programs "$(dpkg --print-architecture 2>/dev/null || echo unknown)"
if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then say sudo yes; else say sudo no; fi
say memory "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
say disk "$(df -Pm / | awk 'NR == 2 { print $4 }')"
[ -n "${1-}" ] && command -v ping >/dev/null 2>&1 || exit 0
# The first routers on the way: each answers a packet that may not go further.
for ttl in 1 2 3 4; do
  hop=$(ping -n -c 1 -W 1 -t "$ttl" "$1" 2>/dev/null | sed -n 's/^From \([0-9.]*\)[: ].*/\1/p' | head -n 1)
  say hop "${hop:--}"
done
