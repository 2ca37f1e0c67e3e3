# shellcheck shell=sh
# Brings an image to the server's engine without a registry.
# Parameters by environment: IMAGE, PULL (yes: the server may fetch it from its registry), HOST (the server's name), TARGET (user@host), PORT,
# SSH_OPTIONS (a line each).
set -eu
IFS='
'
# Seconds between two words about a step that takes long.
PROGRESS=10

remote() {
  # shellcheck disable=SC2086,SC2029  # an option a line; the command is put together here on purpose
  ssh $SSH_OPTIONS -p "$PORT" "$TARGET" "$@"
}

fail() {
  echo "homeport: $*" >&2
  exit 1
}

tell() {
  seconds=0
  # Without the sleep's hold on our output its reader would wait for it after the end.
  while sleep "$PROGRESS" >/dev/null 2>&1; do
    seconds=$((seconds + PROGRESS))
    echo "$1, $seconds s so far"
  done
}

send() { docker save "$IMAGE" | gzip -1 | remote 'gunzip | docker load --quiet'; }

pull() { remote docker pull --quiet "'$IMAGE'"; }

# $1: send or pull; $2: what it is called
bring() {
  echo "$2"
  tell "$2" &
  teller=$!
  trap 'kill "$teller" 2>/dev/null || true' EXIT
  if said=$("$1" 2>&1); then return; fi
  echo "$said" >&2
  case $said in
    *'no space left on device'*)
      # shellcheck disable=SC2016  # for the server's shell
      free=$(remote 'df -h --output=avail "$(docker info --format "{{.DockerRootDir}}")" | tail -n 1 | tr -d " "' || echo unknown)
      fail "$HOST has no room for the image $IMAGE (free: $free; needed for a while: about twice its size)." \
        "Look for room on its disk ('docker image prune -a' removes images that no container uses) and run 'pulumi up' again" ;;
  esac
  fail "$HOST could not take the image $IMAGE: see the lines above; then run 'pulumi up' again"
}

here=$(docker image inspect --format '{{.Id}}' "$IMAGE" 2>/dev/null) || here=none
there=$(remote docker image inspect --format '{{.Id}}' "'$IMAGE'" 2>/dev/null) || there=none
if [ "$there" != none ] && { [ "$here" = "$there" ] || [ "$PULL" = yes ]; }; then
  echo "$HOST has $IMAGE"
  exit 0
fi

if [ "$PULL" = yes ]; then
  engine=$(remote docker version --format "'{{.Server.Os}}/{{.Server.Arch}}'")
  ours=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$IMAGE" 2>/dev/null) || ours=none
  if [ "$ours" != "$engine" ]; then
    bring pull "$HOST pulls $IMAGE"
    exit 0
  fi
fi

[ "$here" != none ] ||
  fail "the workstation's engine has no image $IMAGE: it should have been built just before"
bytes=$(docker image inspect --format '{{.Size}}' "$IMAGE")
bring send "sending $IMAGE ($((bytes / 1000000)) MB before compression) to $HOST"
# A stream that was cut off may have been taken without a word.
remote docker image inspect --format '{{.Id}}' "'$IMAGE'" >/dev/null ||
  fail "$IMAGE did not arrive at $HOST: see the lines above, and look for room on its disk"
