# shellcheck shell=sh
# How a script speaks to its reader. Put in front of the scripts that use it (host/scripts.ts).

say() { printf '%s\n' "$*"; }

fail() {
  say "homeport: $*" >&2
  exit 1
}
