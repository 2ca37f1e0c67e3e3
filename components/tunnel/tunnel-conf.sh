# shellcheck shell=bash
# Reads wg-quick's configuration. Prepended to the tunnel's scripts (machine/scripts.ts).

# The rest of each PostUp command of the interface $1 that starts with $2, one per line.
commands_of() {
  local line
  while read -r line; do
    case $line in "PostUp = $2 "*) printf '%s\n' "${line#"PostUp = $2 "}" ;; esac
  done <"/etc/wireguard/$1.conf"
}

# Where the peers of the interface $1 were last, a line each: KEY ADDRESS:PORT.
kept_endpoints() { printf '/var/lib/homeport-tunnel/%s.endpoints\n' "$1"; }

# The word after the keyword $1 among the others; fails if there is none.
word_after() {
  local keyword=$1
  shift
  while [ $# -gt 1 ]; do
    if [ "$1" = "$keyword" ]; then
      printf '%s\n' "$2"
      return 0
    fi
    shift
  done
  return 1
}
