# shellcheck shell=bash disable=SC2317 # functions are called through others
# Runs the release commands of an application once, in a container that was created and not started. Read by `bash -s` from stdin; behind the
# last line stand the names of the application, the server and the container.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh
set -euo pipefail
export LC_ALL=C

# Runs a step of the container's; its exit code is read from the container.
follow() { patiently "releasing $APP on $SERVER" "$@" </dev/null || true; }

# One word of the container's state.
state() {
  docker inspect --format "{{.State.$1}}" "$CONTAINER" ||
    fail "$SERVER no longer has $CONTAINER: run 'pulumi up --refresh', which recreates it"
}

main() {
  local status code starved
  read -r APP
  read -r SERVER
  read -r CONTAINER
  status=$(state Status)
  code=$(state ExitCode)
  # An interrupted run may have left them finished, running or failed.
  case "$status $code" in
    'exited 0') ;;
    'running '*)
      say "$APP is being released on $SERVER"
      follow docker attach --no-stdin --sig-proxy=false "$CONTAINER"
      ;;
    *)
      say "releasing $APP on $SERVER"
      follow docker start --attach "$CONTAINER"
      ;;
  esac
  status=$(state Status)
  code=$(state ExitCode)
  starved=$(state OOMKilled)
  [ "$starved" = false ] || fail "the release commands of $APP ran out of memory on $SERVER (app.memoryMb): raise it and run 'pulumi up' again"
  [ "$status $code" = 'exited 0' ] ||
    fail "the release commands of $APP on $SERVER exited with $code; the previous version still serves." \
      "Fix the error in their last lines above, then run 'pulumi up' again: they run again"
  say "$APP is released"
}

main; exit
