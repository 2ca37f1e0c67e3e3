# shellcheck shell=bash
# How a script waits. Put in front of the scripts that use it (host/scripts.ts), behind say.sh.

# How often a step that takes long says so.
PROGRESS_SECONDS=10

# Runs a step that can take long, and says every PROGRESS_SECONDS how long it has taken so far. The teller reads a pipe that is held here and
# nowhere else, so it ends with this process, however that ends.
patiently() {
  local what=$1 status=0
  shift
  exec 8> >(tell_time "$what")
  "$@" 8>&- || status=$?
  exec 8>&-
  return "$status"
}

tell_time() {
  local started=$SECONDS status
  exec 9>&- # the lock is not the teller's
  while :; do
    status=0
    read -rt "$PROGRESS_SECONDS" _ || status=$?
    [ "$status" -gt 128 ] || return 0
    say "$1: $((SECONDS - started)) s so far"
  done
}

# Tries a command each second until it succeeds; fails once SECONDS has reached the deadline $1.
try_until() {
  local deadline=$1
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 1
  done
}
