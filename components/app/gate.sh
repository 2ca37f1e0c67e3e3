# shellcheck shell=bash disable=SC2317,SC2034 # functions are called through others, variables are read by diagnosis.sh
# The gate of a deploy on a server: asks each new container as the proxy would pass a visitor on, waits until its answer is good, and reports why it is not.
# Read by `bash -s` from stdin; behind the last line stand: names of the application and the server, seconds, the proxy's network, the site's name, port, path, expected statuses
# or -, `command` where the containers have a health check of their own or -, then a line for each container: web|process NAME.
# The last line of stdout is JSON: the status of the last answer, and what the adapter reports of the application.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh app/diagnosis.sh
set -euo pipefail
export LC_ALL=C

# A container that has ended this often is not waited for any more. Docker starts it again at once at first, so that one that needs something that comes
# up a moment later has its chance, and one that exits at once is reported within seconds.
MOST_ENDS=3
# For the next end of a container that ends again and again; Docker's pauses begin with 0.1 s and double.
NEXT_END_SECONDS=10
# A wrong answer that stays the same for so long is the application's last word: a server that is starting refuses the connection or answers 502 to 504.
SETTLED_SECONDS=5
# A process beside the one that serves has started when it has run for so long.
STEADY_SECONDS=5
# Of one answer, as the proxy's health check allows.
ANSWER_SECONDS=15

ask() { docker inspect --format "$1" "$CONTAINER"; }

# Sets STATE to what Docker says of the container: health, status, ends, exit code.
look() {
  STATE=$(ask '{{with .State.Health}}{{.Status}}{{else}}none{{end}} {{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}') ||
    fail "$SERVER no longer has $CONTAINER: run 'pulumi up --refresh', which recreates it"
  read -r HEALTH STATUS ENDS CODE <<<"$STATE"
  # While it runs again, Docker says 0.
  [ "$STATUS" = running ] || LAST_CODE=$CODE
  ENDS_BEFORE=${ENDS_BEFORE:-$ENDS}
  case $STATUS in
    exited | dead) ended ;;
    created) fail "$CONTAINER was created on $SERVER and never started, as when an 'up' is cut off: 'npm run recover' recreates it" ;;
  esac
  # At an `up` that is repeated it may have ended before the cause was fixed: it has to exit once more while we wait.
  if [ "$ENDS" -ge "$MOST_ENDS" ] && [ "$ENDS" -gt "$ENDS_BEFORE" ]; then ended; fi
}

ended() {
  [ "$(ask '{{.State.OOMKilled}}')" = false ] ||
    give_up "$CONTAINER ran out of memory on $SERVER (app.memoryMb)" "Raise it"
  # It may have been running whenever it was asked, between two short lives: its next end says the code.
  [ -n "$LAST_CODE" ] || LAST_CODE=$(timeout "$NEXT_END_SECONDS" docker wait "$CONTAINER") || LAST_CODE=
  give_up "$CONTAINER exited by itself on $SERVER${LAST_CODE:+, the last time with exit code $LAST_CODE}" \
    "Fix the error in its lines above, in the code, the image's start command or app.environment"
}

# fetch PATH [CURL_OPTION...]: one request as from the proxy. Sets ANSWER (status, 000 without one), LOCATION and the file BODY.
fetch() {
  local path=$1 address
  shift
  address=$(ask "{{(index .NetworkSettings.Networks \"$NETWORK\").IPAddress}}")
  ANSWER=$(curl --silent --max-time "$ANSWER_SECONDS" --output "$BODY" --dump-header "$HEAD" --write-out '%{http_code}' --noproxy '*' \
    --header "Host: $NAME" "$@" "http://$address:$PORT$path") || true
  LOCATION=$(sed -n 's/\r$//; s/^[Ll]ocation: *//p' "$HEAD" | tail -n 1)
}

# As a visitor would be passed on; with none of these headers the adapter takes it for a question of the proxy itself.
visit() {
  fetch "$@" --header 'X-Forwarded-Proto: https' --header 'X-Forwarded-For: 192.0.2.1' --header "X-Forwarded-Host: $NAME"
}

# Sets REPORT. What is no Django has none; where the adapter is at work a deploy without it would leave an admin open.
reported() {
  REPORT={}
  fetch /.homeport/report
  if [ "$ANSWER" = 200 ] && grep -q '^{.*}$' "$BODY"; then
    REPORT=$(cat "$BODY")
    return 0
  fi
  # Only while a worker starts again, or thinks longer than a visitor would wait.
  case $ANSWER in 000 | 5??) return 1 ;; esac
}

expected() {
  if [ "$STATUSES" = - ]; then
    case $ANSWER in
      [123]?? | 401 | 403 | 404) return 0 ;;
    esac
    return 1
  fi
  case ,$STATUSES, in *,"$ANSWER",*) return 0 ;; esac
  return 1
}

# The page that Django shows instead of an error or a missing page while DEBUG is on.
is_debug_page() { grep -qE '<code>DEBUG = True</code>|DEBUG=True</a> is in your settings' "$BODY"; }

# True once the same wrong answer has been seen for SETTLED_SECONDS.
settled() {
  if [ "$ANSWER" != "$SEEN" ]; then SEEN=$ANSWER SEEN_AT=$SECONDS; fi
  [ $((SECONDS - SEEN_AT)) -ge "$SETTLED_SECONDS" ]
}

# What can be said at once: nothing else will come of it.
judge() {
  if is_debug_page; then give_up_debug; fi
  case $ANSWER in
    301 | 302 | 303 | 307 | 308)
      case $LOCATION in "https://$NAME$CHECK_PATH" | "https://$NAME:443$CHECK_PATH") give_up_loop ;; esac
      ;;
    400) if settled; then give_up_hosts; fi ;;
    500 | 501) if settled; then give_up_fault; fi ;;
  esac
}

answers() {
  look
  if [ "$OWN_CHECK" = command ] && [ "$HEALTH" != healthy ]; then
    own_check_can_run
    return 1
  fi
  visit "$CHECK_PATH"
  if [ "$ANSWER" = 000 ]; then
    loopback_only && give_up_loopback
    return 1
  fi
  judge
  if expected; then
    ANSWERED=$ANSWER
    return 0
  fi
  if [ "$STATUSES" != - ] && settled; then give_up_status; fi
  return 1
}

# Further questions to a container that answers well.
examine() {
  local odd
  # A page that is not there: with DEBUG on, Django lists the project's addresses.
  odd=/homeport-$RANDOM$RANDOM
  visit "$odd"
  if is_debug_page; then give_up_debug; fi
  if [ "$ANSWER" -ge 500 ]; then give_up_fault_at "$odd"; fi
  try_until "$DEADLINE" reported ||
    give_up "$CONTAINER does not say what its adapter found ($ANSWER for /.homeport/report on $SERVER)" "Fix the error in its lines above"
  database_is_kept
  forms_are_taken
}

await_web() {
  SEEN='' SEEN_AT=0
  patiently "waiting until $CONTAINER answers on $SERVER" try_until "$DEADLINE" answers || give_up_late
  examine
  say "$CONTAINER answers on $SERVER ($ANSWERED)"
}

is_steady() {
  look
  if [ "$STATUS" = running ] && [ "$ENDS" = "$STEADY_ENDS" ]; then
    [ $((SECONDS - STEADY_SINCE)) -ge "$STEADY_SECONDS" ]
  else
    STEADY_SINCE=$SECONDS STEADY_ENDS=$ENDS
    return 1
  fi
}

await_process() {
  STEADY_SINCE=$SECONDS STEADY_ENDS=$(ask '{{.RestartCount}}')
  patiently "waiting until $CONTAINER runs on $SERVER" try_until "$DEADLINE" is_steady ||
    give_up "$CONTAINER does not keep running on $SERVER" "Fix the error in its lines above, or its command in app.processes"
  say "$CONTAINER runs on $SERVER"
}

main() {
  local kind
  read -r APP
  read -r SERVER
  read -r START_SECONDS
  read -r NETWORK
  read -r NAME
  read -r PORT
  read -r CHECK_PATH
  read -r STATUSES
  read -r OWN_CHECK
  command -v curl >/dev/null || fail "$SERVER has no curl: run 'pulumi up', which installs it"
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  BODY=$WORK/body HEAD=$WORK/head REPORT={}
  touch "$BODY" "$HEAD"
  DEADLINE=$((SECONDS + START_SECONDS))
  while read -r kind CONTAINER; do
    LAST_CODE='' ENDS_BEFORE=''
    case $kind in
      web) await_web </dev/null ;;
      process) await_process </dev/null ;;
    esac
  done
  printf '{"answered":%s,"report":%s}\n' "${ANSWERED:-200}" "$REPORT"
}

main; exit
