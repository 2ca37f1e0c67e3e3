# shellcheck shell=bash
# How a script waits. Prepended to the scripts that use it (machine/scripts.ts), after say.sh.

# How often a long step reports its time.
PROGRESS_SECONDS=10

# Runs a step that can take long, and reports every PROGRESS_SECONDS how long it has taken. The reporter reads a pipe that only this process holds, so it
# exits with it, however that exits.
patiently() {
  local what=$1 status=0
  shift
  exec 8> >(report_time "$what")
  "$@" 8>&- || status=$?
  exec 8>&-
  return "$status"
}

report_time() {
  local started=$SECONDS status
  exec 9>&- # the reporter must not hold the lock
  while :; do
    status=0
    read -rt "$PROGRESS_SECONDS" _ || status=$?
    [ "$status" -gt 128 ] || return 0
    say "$1: $((SECONDS - started)) s so far"
  done
}

# Between two tries of a command: long for a processor, short for whoever waits for a deploy. Seconds.
RETRY_SECONDS=0.3

# Retries a command until it succeeds; fails once SECONDS reaches the deadline $1.
try_until() {
  local deadline=$1
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep "$RETRY_SECONDS"
  done
}
