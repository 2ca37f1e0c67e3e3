# shellcheck shell=bash
# Runs the release commands of an application once: they wait in a container that was made and not started. Read by `bash -s` from stdin; behind the
# last line stand the names of the application, the server and the container.
set -euo pipefail
export LC_ALL=C

# How often it says how long it has taken so far, seconds.
PROGRESS=10

fail() {
  printf 'homeport: %s\n' "$*" >&2
  exit 1
}

# Runs a step, and tells its time. The teller reads a pipe that is held here and nowhere else, so it ends with this process, however that ends. How the
# step ended, the container tells.
patiently() {
  exec 8> >(tell_time)
  "$@" 8>&- </dev/null || true
  exec 8>&-
}

tell_time() {
  local started=$SECONDS status
  while :; do
    status=0
    read -rt "$PROGRESS" _ || status=$?
    [ "$status" -gt 128 ] || return 0
    echo "releasing $APP on $SERVER: $((SECONDS - started)) s so far"
  done
}

state() { docker inspect --format "{{.State.$1}}" "$CONTAINER"; }

main() {
  local status code
  read -r APP
  read -r SERVER
  read -r CONTAINER
  status=$(state Status) || fail "$SERVER does not have $CONTAINER any more: run 'pulumi up --refresh', which makes it anew"
  # A run that was cut off may have ended them, may have left them at work, or may have seen them fail.
  case "$status $(state ExitCode)" in
    'exited 0') echo "$APP is released" && return ;;
    'running '*) echo "$APP is being released on $SERVER" && patiently docker attach --no-stdin --sig-proxy=false "$CONTAINER" ;;
    *) echo "releasing $APP on $SERVER" && patiently docker start --attach "$CONTAINER" ;;
  esac
  code=$(state ExitCode)
  [ "$(state OOMKilled)" = false ] || fail "the release commands of $APP on $SERVER needed more memory than app.memoryMb allows: set it higher and run 'pulumi up' again"
  [ "$(state Status) $code" = 'exited 0' ] ||
    fail "the release commands of $APP on $SERVER ended with $code; the version before still serves." \
      "Correct what their last lines above say and run 'pulumi up' again: they will run again"
  echo "$APP is released"
}

main; exit
