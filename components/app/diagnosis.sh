# shellcheck shell=bash disable=SC2154,SC2153 # variables of the script that this is a part of
# What stands against serving: one message with cause and remedy each. A part of gate.sh and release-commands.sh, after say.sh.

# Lines of the log and of the health check that a failure shows.
LOG_LINES=15
CHECK_LINES=5
# Lines of the log that are searched for a known cause.
SEARCH_LINES=200
# Where the kernel tells of processes.
PROC=/proc

KEPT="the previous version still serves"

indent() { tail -n "$1" | sed 's/^/  /'; }

log_of() { docker logs --tail "$1" "$CONTAINER" 2>&1 || true; }

show_log() {
  {
    say "last lines of $CONTAINER on $SERVER:"
    log_of "$LOG_LINES" | indent "$LOG_LINES"
  } >&2
}

# give_up WHAT REMEDY: the container's last words, unless they were FOLLOWED, a cause that is known by them, and what to do.
give_up() {
  local hint
  [ "${FOLLOWED-}" = yes ] || show_log
  hint=$(known_cause) || hint=
  fail "$1; $KEPT.${hint:+ $hint} $2, then run 'pulumi up' again"
}

# A sentence for the last cause in the log that a setting can end.
known_cause() {
  log_of "$SEARCH_LINES" | awk '
    function after(text, mark) { return substr(text, index(text, mark) + length(mark)) }
    function quoted(text,   parts) { return split(text, parts, "\047") >= 3 ? parts[2] : "" }
    /unable to open database file|attempt to write a readonly database/ {
      cause = "Its SQLite file is in the image or in a directory that it may not write: put it below /data, or name its directory in app.volumes."
    }
    /Read-only file system/ {
      path = quoted($0)
      cause = "It writes to " (path == "" ? "its own file system" : path) ", which is read-only: name the directory in app.volumes to keep what it writes, or set app.readOnly to false."
    }
    /Permission denied/ && !/Read-only/ {
      path = quoted($0)
      if (path != "") cause = "It may not use " path ": name its directory in app.volumes, or set app.user to the user that owns it."
    }
    /[Oo]peration not permitted|setuid|setgid|failed switching|CAP_/ {
      cause = "It wants to change users or owners: list what it needs in app.capabilities, such as [CHOWN, SETUID, SETGID]; an image that starts as root also needs app.user: root."
    }
    /KeyError: / {
      name = quoted(after($0, "KeyError"))
      if (name ~ /^[A-Z][A-Z0-9_]+$/) cause = "It reads the variable " name ": set it in app.environment, in app.variables if Homeport has its value, or as a secret in appSecrets."
    }
    /: unbound variable|parameter not set|Set the .* environment variable|environment variable .* not set/ {
      cause = "It reads a variable that is not set (" $0 "): set it in app.environment, in app.variables if Homeport has its value, or as a secret in appSecrets."
    }
    /No module named/ {
      name = quoted(after($0, "No module named"))
      cause = "The image lacks the Python package " name ": add it to the requirements, or correct the module in app.command."
    }
    /Error loading psycopg|Error loading MySQLdb/ { cause = "The image lacks the driver of its database: add psycopg to the requirements." }
    /Error loading ASGI app|Could not import module|Failed to find attribute|has no attribute .application/ {
      cause = "The server does not find the application: correct the module in app.command or the image'"'"'s CMD."
    }
    /exec format error/ { cause = "The image is for another processor: see servers.platform." }
    END { if (cause == "") exit 1; print cause }'
}

# A health check of the container: a command that cannot run never will.
own_check_can_run() {
  local last
  # shellcheck disable=SC2016  # for Docker, which knows the checks from old to new
  last=$(ask '{{$last := ""}}{{range .State.Health.Log}}{{$last = printf "%d %s" .ExitCode .Output}}{{end}}{{$last}}') || return 0
  case $last in
    126\ * | 127\ * | *'executable file not found'* | *'no such file or directory'* | *'No module named'*)
      give_up "the health check of $CONTAINER cannot run on $SERVER: ${last#* }" "Correct app.health.command, or remove it: the site is then asked over HTTP"
      ;;
  esac
}

# Listening sockets of the container, `ADDRESS PORT` a line; ADDRESS is loopback or any.
listeners() {
  local pid file
  pid=$(ask '{{.State.Pid}}') || return 0
  for file in "$PROC/$pid/net/tcp" "$PROC/$pid/net/tcp6"; do
    [ -r "$file" ] || continue
    # State 0A is LISTEN. Docker's resolver listens on 127.0.0.11.
    awk '$4 == "0A" { split($2, at, ":"); print at[1], at[2] }' "$file"
  done | while read -r address port; do
    case $address in
      0B00007F) continue ;;
      0100007F | 00000000000000000000000001000000) address=loopback ;;
      *) address=any ;;
    esac
    printf '%s %d\n' "$address" "0x$port"
  done | sort -u
}

loopback_only() {
  local all
  all=$(listeners)
  grep -qx "loopback $PORT" <<<"$all" && ! grep -qx "any $PORT" <<<"$all"
}

give_up_loopback() {
  give_up "$CONTAINER listens on 127.0.0.1:$PORT only, where the proxy cannot reach it on $SERVER" \
    "Let its server listen on 0.0.0.0:$PORT, in the image's CMD or in app.command"
}

give_up_late() {
  local others
  if [ "$OWN_CHECK" = command ] && [ "$HEALTH" != healthy ]; then
    {
      say "the last output of its health check:"
      # shellcheck disable=SC2016  # for Docker
      ask '{{$last := ""}}{{range .State.Health.Log}}{{$last = .Output}}{{end}}{{$last}}' | indent "$CHECK_LINES"
    } >&2
    give_up "$CONTAINER of $APP was not healthy on $SERVER within $START_SECONDS s" \
      "Check its lines above, that app.health.command suits it, and that app.health.seconds is enough"
  fi
  if [ "$ANSWER" = 000 ]; then
    others=$(listeners | sed -n 's/^any //p' | grep -vx "$PORT" | paste -sd' ' -) || others=
    [ -z "$others" ] ||
      give_up "nothing listens on port $PORT in $CONTAINER on $SERVER, but on $others" "Set app.port to the port of the site"
    give_up "nothing listens on port $PORT in $CONTAINER on $SERVER after $START_SECONDS s" \
      "Check its lines above, that the server of the image listens on app.port, and that app.health.seconds is enough"
  fi
  give_up "$CONTAINER still answers $ANSWER for $CHECK_PATH on $SERVER after $START_SECONDS s" \
    "Check its lines above, app.health.path, and that app.health.seconds is enough"
}

give_up_debug() {
  give_up "$CONTAINER shows Django's debug pages: DEBUG is on, and every visitor could read the site's code and settings" \
    "Set DEBUG to False in the project's settings, or let Homeport do it: remove app.adapter, or 'debug' from app.adapter.keep"
}

give_up_loop() {
  give_up "$CONTAINER redirects https://$NAME$CHECK_PATH to itself, so that browsers would never get a page: it does not see that the visitor came by https" \
    "Set SECURE_PROXY_SSL_HEADER to ('HTTP_X_FORWARDED_PROTO', 'https') in the project's settings, or let Homeport do it: remove app.adapter, or 'proxy' from app.adapter.keep"
}

give_up_hosts() {
  give_up "$CONTAINER answers 400 to https://$NAME$CHECK_PATH: its ALLOWED_HOSTS most likely lacks $NAME" \
    "Add the name to ALLOWED_HOSTS in the project's settings, or let Homeport do it: remove app.adapter, or 'hosts' from app.adapter.keep"
}

give_up_fault() { give_up_fault_at "$CHECK_PATH"; }

give_up_fault_at() {
  give_up "$CONTAINER answers $ANSWER to https://$NAME$1 on $SERVER" "Fix the error in its lines above"
}

give_up_status() {
  give_up "$CONTAINER answers $ANSWER to https://$NAME$CHECK_PATH, and app.health.status is $STATUSES" \
    "Fix the error in its lines above, or correct app.health.path and app.health.status"
}

# The login page that the adapter found, with a form as a browser sends it. Without a name and a password nobody is logged in, and no failed login is counted.
forms_are_taken() {
  local login token cookies
  login=$(sed -n 's/.*"login": *"\([^"]*\)".*/\1/p' <<<"$REPORT")
  [ -n "$login" ] || return 0
  visit "$login"
  token=$(sed -n "s/.*name=[\"']csrfmiddlewaretoken[\"'] value=[\"']\([^\"']*\)[\"'].*/\1/; T; p; q" "$BODY")
  [ "$ANSWER" = 200 ] && [ -n "$token" ] || return 0
  # By hand: curl sends no secure cookies without TLS, which the proxy has taken off.
  cookies=$(sed -n 's/\r$//; s/^[Ss]et-[Cc]ookie: *\([^;]*\).*/\1/p' "$HEAD" | paste -sd'~' - | sed 's/~/; /g')
  visit "$login" --header "Cookie: $cookies" --header "Origin: https://$NAME" --header "Referer: https://$NAME$login" --data-urlencode "csrfmiddlewaretoken=$token"
  [ "$ANSWER" != 403 ] ||
    give_up "$CONTAINER answers 403 to a form that a browser sends to https://$NAME$login: nobody could log in or write" \
      "Add https://$NAME to CSRF_TRUSTED_ORIGINS in the project's settings, or let Homeport do it: remove app.adapter, or 'csrf' and 'proxy' from app.adapter.keep"
}

# As the adapter reports it: a database in the image is lost with every deploy.
database_is_kept() {
  local file mounts at
  file=$(sed -n 's/.*"database": *{[^}]*"file": *"\([^"]*\)".*/\1/p' <<<"$REPORT")
  [ -n "$file" ] || return 0
  mounts=$(ask '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Destination}}{{end}}{{end}}')
  while read -r at; do
    # Without any volume the only line is empty.
    [ -z "$at" ] || case $file in "$at"/*) return 0 ;; esac
  done <<<"$mounts"
  give_up "$CONTAINER keeps its database in $file, which is in no volume: every deploy would begin with an empty one" \
    "Name its directory in app.volumes, or let Homeport set the database: remove 'database' from app.adapter.keep"
}
