#!/bin/bash
# Runs a job of an application in the container that serves it: APP JOB COMMAND_FILE LOCK_FILE. systemd starts it, and keeps what it says in the journal.
set -euo pipefail
export LC_ALL=C

# After a start of the machine, or in the middle of a deploy, it takes a while until a container serves. Seconds, and asked as often.
SERVING_SECONDS=180

APP=$1 JOB=$2 COMMAND_FILE=$3 LOCK_FILE=$4

fail() {
  printf 'homeport: %s\n' "$*" >&2
  exit 1
}

serving() {
  docker ps --quiet --filter "label=homeport.app=$APP" --filter label=homeport.role=web --filter health=healthy | head -n 1
}

await_container() {
  local second
  for ((second = 0; second < SERVING_SECONDS; second++)); do
    CONTAINER=$(serving)
    [ -z "$CONTAINER" ] || return 0
    sleep 1
  done
  fail "the job $JOB did not run: no container of $APP is serving here, for ${SERVING_SECONDS} s; npm run status tells more, and pulumi up makes one"
}

main() {
  local code=0
  exec 9>"$LOCK_FILE"
  flock -n 9 || fail "the job $JOB did not run: it is still at work"
  await_container
  # The lock is this script's alone: what the container starts does not hold it.
  docker exec "$CONTAINER" sh -ec "$(cat "$COMMAND_FILE")" 9>&- || code=$?
  [ "$code" -eq 0 ] || fail "the job $JOB of $APP ended with $code"
}

main
