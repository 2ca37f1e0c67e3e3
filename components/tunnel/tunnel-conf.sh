# shellcheck shell=bash
# What a tunnel's script reads of wg-quick's configuration. Put in front of those scripts (host/scripts.ts).

# What follows the words $2 in the commands that bring the interface $1 up, a line each.
commands_of() {
  local line
  while read -r line; do
    case $line in "PostUp = $2 "*) printf '%s\n' "${line#"PostUp = $2 "}" ;; esac
  done <"/etc/wireguard/$1.conf"
}

# The word that follows the keyword $1 among the others; fails where there is none.
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
