# shellcheck shell=bash disable=SC2317,SC2034 # functions are called through others, variables are read by diagnosis.sh
# Runs the release commands of an application once, in a container that was created and not started. Read by `bash -s` from stdin; behind the
# last line stand the names of the application, the server and the container, the seconds that they may take, and `default` where they are Homeport's own.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh app/diagnosis.sh
set -euo pipefail
export LC_ALL=C

# Precedes each command in the log (release-commands.ts).
STEP='homeport: runs '
# Its output is shown as it comes.
FOLLOWED=yes
# An ENTRYPOINT that listens before the first command has begun serves, instead of running what it is given. It may wait for a database first.
SWALLOW_SECONDS=10

ask() { docker inspect --format "$1" "$CONTAINER"; }

# One word of the container's state.
state() {
  ask "{{.State.$1}}" || fail "$SERVER no longer has $CONTAINER: run 'pulumi up --refresh', which recreates it"
}

# The command that runs, or ran last; nothing before the first.
step() { docker logs "$CONTAINER" 2>&1 | sed -n "s/^$STEP//p" | tail -n 1; }

# Follows the container's output until it ends.
follow() { docker logs --follow --since "$1" "$CONTAINER" 2>&1 & }

has_ended() {
  [ "$(state Status)" != running ] || {
    swallowed
    return 1
  }
}

# Sets SWALLOWED where a server runs in the place of the commands.
swallowed() {
  [ $((SECONDS - BEGUN)) -ge "$SWALLOW_SECONDS" ] || return 0
  [ -z "$(step)" ] && [ -n "$(listeners)" ] || return 0
  stop
  fail "the image's ENTRYPOINT starts its server whatever command it is given, so the release commands of $APP never ran on $SERVER; $KEPT." \
    "Set app.releaseEntrypoint to false, so that they run without it, and run 'pulumi up' again"
}

stop() { docker kill "$CONTAINER" >/dev/null 2>&1 || true; }

main() {
  local status code starved since whose
  read -r APP
  read -r SERVER
  read -r CONTAINER
  read -r RELEASE_SECONDS
  read -r CHOICE
  status=$(state Status)
  code=$(state ExitCode)
  if [ "$status $code" = 'exited 0' ]; then
    say "$APP is released"
    return 0
  fi
  BEGUN=$SECONDS
  since=$(date +%s)
  # An interrupted run may have left them running or failed.
  if [ "$status" = running ]; then
    say "$APP is being released on $SERVER"
  else
    say "releasing $APP on $SERVER"
    docker start "$CONTAINER" >/dev/null
  fi
  follow "$since"
  follower=$!
  trap 'kill "$follower" 2>/dev/null || true' EXIT
  patiently "releasing $APP on $SERVER" try_until $((SECONDS + RELEASE_SECONDS)) has_ended </dev/null || {
    stop
    fail "the release commands of $APP did not end on $SERVER within $RELEASE_SECONDS s (app.releaseSeconds); they were in: $(step); $KEPT." \
      "Raise app.releaseSeconds, or correct the command, and run 'pulumi up' again"
  }
  wait "$follower" || true
  status=$(state Status)
  code=$(state ExitCode)
  starved=$(state OOMKilled)
  [ "$starved" = false ] || fail "the release commands of $APP ran out of memory on $SERVER (app.memoryMb): raise it and run 'pulumi up' again"
  if [ "$status $code" != 'exited 0' ]; then
    whose="of app.release"
    [ "$CHOICE" != default ] || whose="one of Homeport's defaults; app.release replaces them"
    give_up "the release of $APP failed on $SERVER with exit code $code in: $(step) ($whose)" "Fix the error in its lines above"
  fi
  say "$APP is released"
}

main; exit
