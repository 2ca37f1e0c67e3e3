# shellcheck shell=bash disable=SC2317 # functions are called through others
# Waits until the new containers of an application are healthy on a server, and reports why one is not. Read by `bash -s` from stdin; behind the last line
# stand the names of the application and the server, the seconds that are given, and the containers, a line each.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh
set -euo pipefail
export LC_ALL=C

# A container that has ended this often is not waited for any more. Docker starts it again at once at first, so that one that needs something that comes
# up a moment later has its chance, and one that exits at once is reported within seconds.
MOST_ENDS=3
# For the next end of a container that ends again and again; Docker's pauses begin with 0.1 s and double.
NEXT_END_SECONDS=10
# Lines of the log and of the health check that a failure shows.
LOG_LINES=15
CHECK_LINES=5

ask() { docker inspect --format "$1" "$CONTAINER"; }

indent() { tail -n "$1" | sed 's/^/  /'; }

# What the container and its health check said last, and then what to do.
give_up() {
  local checked
  # shellcheck disable=SC2016  # for Docker, which knows the checks from old to new
  {
    say "last lines of $CONTAINER on $SERVER:"
    docker logs --tail "$LOG_LINES" "$CONTAINER" 2>&1 | indent "$LOG_LINES" || true
    checked=$(ask '{{$last := ""}}{{range .State.Health.Log}}{{$last = .Output}}{{end}}{{$last}}') || checked=
    if [ -n "$checked" ]; then
      say "the last output of its health check:"
      indent "$CHECK_LINES" <<<"$checked"
    fi
  } >&2
  fail "$*"
}

ended() {
  local kept="the previous version still serves" again="and run 'pulumi up' again"
  [ "$(ask '{{.State.OOMKilled}}')" = false ] ||
    give_up "$CONTAINER ran out of memory on $SERVER (app.memoryMb); $kept. Raise app.memoryMb $again"
  # It may have been running whenever it was asked, between two short lives: its next end says the code.
  [ -n "$LAST_CODE" ] || LAST_CODE=$(timeout "$NEXT_END_SECONDS" docker wait "$CONTAINER") || LAST_CODE=
  give_up "$CONTAINER exited by itself on $SERVER${LAST_CODE:+, the last time with exit code $LAST_CODE}; $kept." \
    "Fix the error in its lines above, in the code, the image's start command or app.environment, $again"
}

is_healthy() {
  local now health status ends code
  now=$(ask '{{with .State.Health}}{{.Status}}{{else}}none{{end}} {{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}') ||
    fail "$SERVER no longer has $CONTAINER: run 'pulumi up --refresh', which recreates it"
  read -r health status ends code <<<"$now"
  # While it runs again, Docker says 0.
  [ "$status" = running ] || LAST_CODE=$code
  [ "$health" != healthy ] || return 0
  ENDS_BEFORE=${ENDS_BEFORE:-$ends}
  case $status in
    exited | dead) ended ;;
    created) fail "$CONTAINER was created on $SERVER and never started, as when an 'up' is cut off: 'npm run recover' recreates it" ;;
  esac
  # At an `up` that is repeated it may have ended before the cause was fixed: it has to exit once more while we wait.
  if [ "$ends" -ge "$MOST_ENDS" ] && [ "$ends" -gt "$ENDS_BEFORE" ]; then ended; fi
  return 1
}

await_health() {
  LAST_CODE='' ENDS_BEFORE=''
  patiently "waiting until $CONTAINER is healthy on $SERVER" try_until "$DEADLINE" is_healthy ||
    give_up "$CONTAINER of $APP was not healthy on $SERVER within $START_SECONDS s; the previous version still serves." \
      "Check its lines above, that it listens on app.port, that app.healthCommand suits it, and that app.startSeconds is enough;" \
      "then run 'pulumi up' again"
  say "$CONTAINER is healthy on $SERVER"
}

main() {
  read -r APP
  read -r SERVER
  read -r START_SECONDS
  DEADLINE=$((SECONDS + START_SECONDS))
  while read -r CONTAINER; do await_health </dev/null; done
}

main; exit
