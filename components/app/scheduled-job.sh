#!/bin/bash
# Runs a job of an application in the container that serves it: APP JOB COMMAND_FILE LOCK_FILE. systemd starts it; its output is in the journal.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh
set -euo pipefail
export LC_ALL=C

# After a boot, or during a deploy, it takes a while until Docker answers and a container serves.
SERVING_SECONDS=180

APP=$1 JOB=$2 COMMAND_FILE=$3 LOCK_FILE=$4

# Below it, in files `serves`, the containers that routes name, `APP CONTAINER` a line (machine/scripts/system.sh).
SERVES=/var/lib/homeport

# Sets CONTAINER to one that serves: the newest that runs and that the route names.
is_served() {
  local running served
  running=$(docker ps --filter "label=homeport.app=$APP" --filter label=homeport.role=web --format '{{.Names}}') || return
  served=$(cat "$SERVES"/*/serves 2>/dev/null | sed -n "s/^$APP //p") || return
  CONTAINER=$(grep -Fx -m 1 -f <(printf '%s\n' "$served") <<<"$running") || return
  [ -n "$CONTAINER" ]
}

main() {
  local code=0
  exec 9>"$LOCK_FILE"
  flock -n 9 || fail "the job $JOB did not run: its last run is still going"
  try_until $((SECONDS + SERVING_SECONDS)) is_served ||
    fail "the job $JOB did not run: no container of $APP has served here for ${SERVING_SECONDS} s: see 'npm run status', then run 'pulumi up'"
  # The lock is this script's alone: what the container starts does not hold it.
  docker exec "$CONTAINER" /opt/homeport/launch --inside sh -ec "$(cat "$COMMAND_FILE")" 9>&- || code=$?
  [ "$code" -eq 0 ] || fail "the job $JOB of $APP failed with exit code $code"
}

main
