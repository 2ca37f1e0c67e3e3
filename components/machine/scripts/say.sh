# shellcheck shell=sh
# How a script prints messages. Prepended to the scripts that use it (machine/scripts.ts).

say() { printf '%s\n' "$*"; }

fail() {
  say "homeport: $*" >&2
  exit 1
}
