# shellcheck shell=bash
# Runs the release commands of an application once: they wait in a container that was made and not started. Read by `bash -s` from stdin; behind the
# last line stand the name of the application and that of the container.
set -euo pipefail
export LC_ALL=C

fail() {
  printf 'homeport: %s\n' "$*" >&2
  exit 1
}

state() { docker inspect --format "{{.State.$1}}" "$CONTAINER"; }

main() {
  local code
  read -r APP
  read -r CONTAINER
  # A run that was cut off may have ended them, may have left them at work, or may have seen them fail.
  case "$(state Status) $(state ExitCode)" in
    'exited 0') echo "$APP is released" && return ;;
    'running '*) docker attach --no-stdin --sig-proxy=false "$CONTAINER" </dev/null || true ;;
    *) docker start --attach "$CONTAINER" </dev/null || true ;;
  esac
  code=$(state ExitCode)
  [ "$(state OOMKilled)" = false ] || fail "the release commands of $APP needed more memory than app.memoryMb allows: set it higher and run 'pulumi up' again"
  [ "$(state Status) $code" = 'exited 0' ] ||
    fail "the release commands of $APP ended with $code; the version before still serves." \
      "Correct what their last lines above say and run 'pulumi up' again: they will run again"
  echo "$APP is released"
}

main; exit
